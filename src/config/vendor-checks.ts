import { isLoopback } from './proxy.ts';
import { jobPrefix } from './settings/job.ts';
import { createProblem, type Problem } from './settings/problem.ts';
import type { Environment } from './settings/read-group.ts';
import { variableName } from './settings/setting.ts';
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

/** Checks the settings of one vendor against each other and against the jobs that use it. */
export function checkVendor(
  prefix: string,
  values: { readonly url: URL | undefined; readonly auth: string },
  usedBy: readonly string[],
  environment: Environment,
): { readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] } {
  const { url, auth } = values;
  const isLeftOut = (key: string) => {
    const variable = variableName(prefix, key);
    return !environment[variable] && !environment[`${variable}_FILE`];
  };
  const address = isOnlineWay(auth) ? 'tenant' : 'url';
  if (isLeftOut(address) && usedBy.length === 0) return { problems: [], warnings: [] };
  const problems = (needed[auth] ?? []).filter(isLeftOut).map((key) =>
    createProblem({
      variable: variableName(prefix, key),
      kind: 'value',
      problem: `is missing, but ${prefix}AUTH=${auth} needs it`,
    }),
  );
  if (isLeftOut(address)) problems.unshift(missingAddress(variableName(prefix, address), usedBy));
  if (address !== 'url' && !isLeftOut('url')) problems.push(uselessUrl(prefix, auth));
  return { problems, warnings: url && isUnencrypted(url) ? [unencryptedWarning(prefix, url)] : [] };
}

function missingAddress(variable: string, usedBy: readonly string[]): Problem {
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
