import type { UsersPage } from '../../roster/sources/archive-pages.ts';
import { requireInteger } from '../arguments.ts';
import type { Call } from '../call.ts';
import { checkShape } from '../http/check-shape.ts';
import type { Http } from '../http/session.ts';
import { askForUsers, type UsersQuestion } from './archive.ts';
import { RegisteredDevices, type Registration, type RegistrationField, registrationOf } from './schema.ts';

/**
 * What we use of SuperOffice: its *Pocket agent*, and the archive of its users. It reads only: the agent has nothing that
 * removes a registration, and its other operations message people or overwrite their choices.
 */
export interface SuperofficeReader {
  /** The registered devices of an associate. With `select`, every property left out comes back as null. */
  listRegistrations(
    associateId: number,
    select?: readonly RegistrationField[],
  ): Promise<readonly Registration[]>;
  /** Users of SuperOffice, current and former, in the order of their associates. */
  listUsers(question: UsersQuestion): Promise<UsersPage>;
}

/** A client for registrations and users. */
export function superofficeReader(http: Http): SuperofficeReader {
  const operation = 'POST Agents/Pocket/GetRegisteredDevices';
  return {
    async listRegistrations(associateId, select = []) {
      requireInteger(http.vendor, operation, 'the associate id', associateId);
      const query = select.length === 0 ? '' : `?$select=${encodeURIComponent(select.join(','))}`;
      const call: Call = {
        operation,
        method: 'POST',
        path: `v1/Agents/Pocket/GetRegisteredDevices${query}`,
        body: JSON.stringify({ AssociateId: associateId }),
        onlyReads: true,
        subject: `associate ${associateId}`,
      };
      const devices = checkShape(RegisteredDevices, await http.request(call), call, http.vendor);
      return devices.map((device) => registrationOf(device, http.keyedHash));
    },
    listUsers: (question) => askForUsers(http, question),
  };
}
