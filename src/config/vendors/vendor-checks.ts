import { envPrefix, type Vendor } from '../../domain/vendor.ts';
import { jobPrefix } from '../settings/job.ts';
import { createProblem, type Problem } from '../settings/problem.ts';
import type { Environment } from '../settings/read-group.ts';
import { variableName } from '../settings/setting.ts';
import { isLoopback } from './proxy.ts';
import { isOnlineWay } from './superoffice-online.ts';

/** What each way to sign in needs. */
const needed: Readonly<Record<string, readonly string[]>> = {
  basic: ['username', 'password'],
  header: ['headerName', 'headerValue'],
  certificate: ['certificateFile', 'keyFile'],
  bearer: ['token'],
  soticket: ['token'],
  xsrf: ['token', 'cookie'],
  'refresh-token': ['clientId', 'appToken', 'refreshToken'],
  'system-user': ['appToken', 'systemUserToken', 'systemUserKeyFile'],
};

/** The name of the roster among what uses a vendor; all others are jobs. */
export const rosterUser = 'CARETAKER_ROSTER=superoffice:';

/** Who asks a vendor: jobs and the roster, or the command that is called, whatever the jobs need. */
type AskedBy = { readonly jobs: readonly string[] } | 'command';

interface VendorCheck {
  /** What is left out and needed. */
  readonly missing: readonly Problem[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** A vendor as far as it is checked. */
interface CheckedVendor {
  readonly url: URL | undefined;
  readonly auth: string;
}

/** Who asks which vendor. */
interface Askers {
  /** The vendors that the command asks which is called; undefined where it asks those of the enabled jobs. */
  readonly command: readonly Vendor[] | undefined;
  /** Those that are enabled. */
  readonly jobs: readonly { readonly name: string; readonly vendor: Vendor }[];
  /** What of the roster SuperOffice is asked for. */
  readonly roster: readonly string[];
}

/** Checks the settings of the vendors against those who ask them: of a vendor that nobody asks nothing is missed. */
export function checkVendors(
  values: Readonly<Record<Vendor, CheckedVendor>>,
  { command, jobs, roster }: Askers,
  environment: Environment,
): Readonly<Record<Vendor, VendorCheck>> {
  const usersOfRoster = (vendor: Vendor) => (vendor === 'superoffice' ? roster : []);
  // Whoever keeps users there may ask for them in any command.
  const isAsked = (vendor: Vendor) => (command?.includes(vendor) ?? true) || usersOfRoster(vendor).length > 0;
  const askedBy = (vendor: Vendor): AskedBy => {
    if (command?.includes(vendor)) return 'command';
    const uses = jobs.filter((job) => job.vendor === vendor);
    return { jobs: [...uses.map(({ name }) => name), ...usersOfRoster(vendor)] };
  };
  const check = (vendor: Vendor) => {
    const found = checkVendor(envPrefix(vendor), values[vendor], askedBy(vendor), environment);
    const { missing, problems } = found;
    return isAsked(vendor) ? { ...found, problems: [...missing, ...problems], missing: [] } : found;
  };
  return { pointsharp: check('pointsharp'), superoffice: check('superoffice') };
}

/** Checks the settings of one vendor against each other and against those who ask it. */
function checkVendor(
  prefix: string,
  { url, auth }: CheckedVendor,
  askedBy: AskedBy,
  environment: Environment,
): VendorCheck {
  const isLeftOut = (key: string) => {
    const variable = variableName(prefix, key);
    return !environment[variable] && !environment[`${variable}_FILE`];
  };
  const address = isOnlineWay(auth) ? 'tenant' : 'url';
  if (isLeftOut(address) && askedBy !== 'command' && askedBy.jobs.length === 0)
    return { missing: [], problems: [], warnings: [] };
  const missing = (needed[auth] ?? []).filter(isLeftOut).map((key) =>
    createProblem({
      variable: variableName(prefix, key),
      kind: 'value',
      problem: `is missing, but ${prefix}AUTH=${auth} needs it`,
    }),
  );
  if (isLeftOut(address)) missing.unshift(missingAddress(variableName(prefix, address), askedBy));
  return {
    missing,
    problems: address !== 'url' && !isLeftOut('url') ? [uselessUrl(prefix, auth)] : [],
    warnings: url && isUnencrypted(url) ? [unencryptedWarning(prefix, url)] : [],
  };
}

function missingAddress(variable: string, askedBy: AskedBy): Problem {
  if (askedBy === 'command') {
    return createProblem({
      variable,
      kind: 'value',
      problem: 'is missing, but this command needs it',
      advice: 'set it',
    });
  }
  const { jobs: usedBy } = askedBy;
  const list = new Intl.ListFormat('en');
  const jobs = usedBy.filter((name) => name !== rosterUser);
  const switches = list.format(jobs.map((job) => `${jobPrefix(job)}ENABLED=false`));
  const need = usedBy.length === 1 ? 'needs' : 'need';
  return createProblem({
    variable,
    kind: 'value',
    problem: `is missing, but ${list.format(usedBy)} ${need} it`,
    advice: jobs.length < usedBy.length ? 'set it' : `set it, or set ${switches}`,
  });
}

function uselessUrl(prefix: string, auth: string): Problem {
  return createProblem({
    variable: `${prefix}URL`,
    kind: 'mismatch',
    problem: `is set, but with ${prefix}AUTH=${auth} the address of the tenant is looked up`,
    advice: 'remove it',
  });
}

function isUnencrypted(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url);
}

function unencryptedWarning(prefix: string, url: URL): Problem {
  return createProblem({
    variable: `${prefix}URL`,
    kind: 'value',
    problem: `uses http to ${url.hostname}: anyone on the network path can read the credentials`,
    advice: 'use https',
  });
}
