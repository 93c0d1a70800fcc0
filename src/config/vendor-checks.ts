import { jobPrefix } from './settings/job.ts';
import type { Environment, Problem } from './settings/read-group.ts';
import { variableName } from './settings/setting.ts';

/** What each way to sign in needs. */
const needed: Readonly<Record<string, readonly string[]>> = {
  basic: ['username', 'password'],
  header: ['headerName', 'headerValue'],
  certificate: ['certificateFile', 'keyFile'],
  bearer: ['token'],
  soticket: ['token'],
  xsrf: ['token'],
};

/** Checks the settings of one vendor against each other and against the jobs that use it. */
export function checkVendor(
  prefix: string,
  values: { readonly url: URL | undefined; readonly auth: string },
  usedBy: readonly string[],
  environment: Environment,
): { readonly problems: readonly Problem[]; readonly warnings: readonly string[] } {
  const { url, auth } = values;
  const isLeftOut = (key: string) => {
    const variable = variableName(prefix, key);
    return !environment[variable] && !environment[`${variable}_FILE`];
  };
  if (isLeftOut('url') && usedBy.length === 0) return { problems: [], warnings: [] };
  const problems = (needed[auth] ?? []).filter(isLeftOut).map((key) => ({
    variable: variableName(prefix, key),
    message: `is missing, and ${prefix}AUTH=${auth} needs it`,
  }));
  if (isLeftOut('url')) problems.unshift(missingUrl(prefix, usedBy));
  return { problems, warnings: url && isOpenOnTheWire(url) ? [openWarning(prefix, url)] : [] };
}

function missingUrl(prefix: string, usedBy: readonly string[]): Problem {
  const switches = usedBy.map((job) => `${jobPrefix(job)}ENABLED=false`).join(' and ');
  const need = usedBy.length === 1 ? 'needs' : 'need';
  return {
    variable: `${prefix}URL`,
    message: `is missing, and ${usedBy.join(' and ')} ${need} it (or set ${switches})`,
  };
}

function isOpenOnTheWire(url: URL): boolean {
  return url.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

function openWarning(prefix: string, url: URL): string {
  return `${prefix}URL uses http to ${url.hostname}: whoever listens on the way reads the credentials; use https`;
}
