import { type Answer, html, json, list } from '../http/answers.ts';
import type { Authorize } from '../http/auth.ts';
import type { Faults } from '../http/faults.ts';
import type { Formats } from '../http/formats.ts';
import type { Prepared, Switches, VendorApi } from '../http/server.ts';
import { type BadRequest, isBadRequest, readBody, readQuery } from '../http/strict.ts';
import type { Traffic } from '../http/traffic.ts';
import { archiveParameters } from './archive.ts';
import type { Registration } from './registrations.ts';
import type { SuperofficeWorld } from './world.ts';

const agent = 'POST Agents/Pocket/GetRegisteredDevices';
const archive = 'GET Archive/AllUsers';
const paths = new Map([
  [agent, 'v1/agents/pocket/getregistereddevices'],
  [archive, 'v1/archive/allusers'],
]);
export const superofficeOperations: readonly string[] = [agent, archive];

interface Parts {
  readonly world: SuperofficeWorld;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly authorize: Authorize;
  /** Up to and with `/api/`, in lower case; left out, that of an installation onsite. */
  readonly base?: string;
  readonly switches: Switches;
  readonly formats: Formats;
}

/** The Pocket agent of SuperOffice, and the archive of its users. */
export function superofficeApi(parts: Parts): VendorApi {
  const { world, traffic, faults, authorize, switches, formats, base = '/superoffice/api/' } = parts;
  const operationAt = (requested: string) =>
    superofficeOperations.find((operation) => requested.toLowerCase() === base + paths.get(operation));

  function prepare(
    operation: string,
    query: string,
    contentType: string | undefined,
    body: string,
  ): Prepared {
    if (operation === archive) return prepareArchive(query);
    const parameters = readQuery(query, ['$select']);
    if (isBadRequest(parameters)) return refuse(operation, parameters);
    const values = readBody(contentType, body, { AssociateId: 'int' });
    if (isBadRequest(values)) return refuse(operation, values);
    const associateId = Number(values.AssociateId);
    return {
      person: world.people.indexOfAssociate(associateId),
      carryOut: () => list(select(world.registrations(associateId), parameters.$select), formats),
    };
  }

  function prepareArchive(query: string): Prepared {
    const parameters = readQuery(query, archiveParameters);
    if (isBadRequest(parameters)) return refuse(archive, parameters);
    return {
      person: -1,
      carryOut() {
        const page = world.archive.page(parameters);
        if (isBadRequest(page)) return refuse(archive, page).carryOut();
        return json(200, {
          'odata.metadata': 'https://vendor.invalid/api/v1/archive$metadata',
          // It leads elsewhere, where nobody may go.
          'odata.nextLink': page.hasMore ? 'https://vendor.invalid/api/v1/archive/AllUsers' : null,
          value: page.rows,
        });
      },
    };
  }

  function refuse(operation: string, { problem, isViolation }: BadRequest): Prepared {
    if (isViolation) traffic.violated(operation, problem);
    return { person: -1, carryOut: () => error(400, problem) };
  }

  return {
    traffic,
    faults,
    authorize,
    denied: error(401, 'You are not authenticated, or your session has expired.'),
    switches,
    operation(method, requested) {
      const found = operationAt(requested);
      return found?.startsWith(`${method} `) ? found : undefined;
    },
    prepare,
    unknown: (requested) =>
      operationAt(requested) !== undefined
        ? error(405, 'The method is not allowed.')
        : html(404, 'File or directory not found.'),
    usernameOf: (person) => (person < 0 ? undefined : world.people.username(person)),
    error,
  };
}

/** Nulls every field that `$select` leaves out; names that are no fields are let pass, as in the vendor's own sample. */
function select(registrations: readonly Registration[], selected: string | undefined): readonly object[] {
  if (selected === undefined || selected.trim() === '') return registrations;
  const wanted = new Set(selected.split(',').map((name) => name.trim().toLowerCase()));
  return registrations.map((registration) =>
    Object.fromEntries(
      Object.entries(registration).map(([name, value]) => [
        name,
        wanted.has(name.toLowerCase()) ? value : null,
      ]),
    ),
  );
}

function error(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer {
  const type =
    status === 401 ? 'SuperOffice.Exceptions.SoSessionException' : 'SuperOffice.Exceptions.SoException';
  const answer = json(status, {
    Error: true,
    ErrorType: type,
    ErrorMessage: message,
    ErrorSource: 'SuperOffice.WebApi',
  });
  return headers === undefined ? answer : { ...answer, headers };
}
