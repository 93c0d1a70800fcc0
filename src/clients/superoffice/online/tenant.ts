import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Call } from '../../call.ts';
import { Broken } from '../../errors/vendor-error.ts';
import { oneLine } from '../../errors/vendor-message.ts';
import { anyText } from '../../sizes.ts';
import { type Login, signInFailure } from './login.ts';
import { type Meaning, meaningOf } from './states.ts';
import { isTrusted } from './trust.ts';

/** Where a tenant is, and how. */
export interface Tenant {
  /** Up to and with `/api/`; undefined where the answer names none. */
  readonly address: URL | undefined;
  readonly meaning: Meaning;
  /** `OfflineMaintenance (6): it is offline for maintenance`. */
  readonly description: string;
  /** When to look again, as the vendor says; undefined when it does not. */
  readonly validUntil: DateTime | undefined;
}

/**
 * `{ContextIdentifier, Endpoint, State, IsRunning, ValidUntil, Api, Version}`, as docs.superoffice.com has it (*Check
 * tenant status*). Only the state is counted on; a tenant that does not run may have no address.
 */
const StateAnswer = z.object({
  State: z.union([anyText, z.number()]),
  IsRunning: z.boolean().nullish(),
  ValidUntil: anyText.nullish(),
  Endpoint: anyText.nullish(),
  Api: anyText.nullish(),
});

/**
 * Asks where the tenant is.
 *
 * @throws VendorError also when the answer names an address that no credentials may go to
 */
export async function lookUpTenant(login: Login, id: string): Promise<Tenant> {
  const call = stateCall(id);
  const { State, IsRunning, ValidUntil, Endpoint, Api } = await login.read(StateAnswer, call);
  const { meaning, description } = meaningOf(State, IsRunning ?? undefined);
  const validUntil = DateTime.fromISO(ValidUntil ?? '', { zone: 'utc' });
  const address = apiAddress(Api, Endpoint);
  if (address && !isTrusted(address, login.address)) {
    throw signInFailure(
      `SuperOffice sign-in ${call.operation} for ${id} failed: the answer names ${address.origin} as the address of the tenant, which is no host of SuperOffice. Nothing was sent there.`,
      'Check what stands between this host and SuperOffice, and ask SuperOffice.',
      { operation: call.operation },
    );
  }
  return {
    address,
    meaning,
    description: oneLine(description),
    validUntil: validUntil.isValid ? validUntil : undefined,
  };
}

/** The address of a tenant that can be asked. @throws VendorError when it cannot */
export function addressOf(tenant: Tenant, id: string): URL {
  const { operation } = stateCall(id);
  const failed = `SuperOffice ${operation} for ${id} failed`;
  if (tenant.meaning === 'later') {
    throw new Broken(
      `${failed}: the tenant cannot be asked now: ${tenant.description}.`,
      'Wait until that is over; runs wait by themselves. If it persists, check SUPEROFFICE_TENANT and the status page of SuperOffice.',
      { vendor: 'superoffice', operation, remedy: 'retry-batch' },
    );
  }
  if (tenant.meaning === 'running' && tenant.address) return tenant.address;
  const why = tenant.meaning === 'running' ? 'the answer names no address' : tenant.description;
  throw signInFailure(
    `${failed}: the tenant cannot be asked: ${why}.`,
    'Check SUPEROFFICE_TENANT, and ask SuperOffice what became of the tenant.',
    { operation },
  );
}

function stateCall(id: string): Call {
  return { operation: 'GET api/state', method: 'GET', path: `api/state/${id}`, subject: id };
}

function apiAddress(api: string | null | undefined, endpoint: string | null | undefined): URL | undefined {
  const written = api || (endpoint && `${endpoint.replace(/\/$/, '')}/api`);
  if (!written || !URL.canParse(written)) return undefined;
  const address = new URL(written);
  address.search = '';
  address.hash = '';
  if (!address.pathname.endsWith('/')) address.pathname += '/';
  return address;
}
