import { requireInteger } from '../arguments.ts';
import type { Call } from '../call.ts';
import { checkShape } from '../http/check-shape.ts';
import type { Http } from '../http/http.ts';
import { RegisteredDevices, type Registration, type RegistrationField, registrationOf } from './schema.ts';

/**
 * What we use of the SuperOffice *Pocket agent*. It reads only: the agent has nothing that removes a registration, and
 * its other operations message people or overwrite their choices.
 */
export interface SuperofficeReader {
  /** The registered devices of an associate. With `select`, every property left out comes back as null. */
  listRegistrations(
    associateId: number,
    select?: readonly RegistrationField[],
  ): Promise<readonly Registration[]>;
}

/** A client for the registrations. */
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
  };
}
