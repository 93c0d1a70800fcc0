import { BlockList, isIP } from 'node:net';
import { createProblem, type Problem } from '../settings/problem.ts';
import type { Environment } from '../settings/read-group.ts';

/**
 * Whether NO_PROXY names the host of an address. There is no standard; it is read as curl and Go do: names count for
 * their subdomains, too, `*.` and `.` before them are allowed, and so are ports, networks and `*` alone.
 */
export function isDirect(url: URL, noProxy = ''): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === '*' || names(entry, host, port));
}

function names(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return isInNetwork(entry, host);
  // More than one colon without brackets is an IPv6 address without a port.
  const [, inBrackets, plain, entryPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (inBrackets ?? plain ?? entry).replace(/^\*?\./, '');
  if (name === '' || (entryPort !== undefined && entryPort !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}

function isInNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0 || isIP(network) !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  try {
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family);
    return list.check(host, family);
  } catch {
    return false;
  }
}

/** A vendor that is reached without a proxy, though the environment names one for programs that look for it there. */
export function proxyWarnings(
  prefix: string,
  { url, proxy }: { readonly url: URL | undefined; readonly proxy: URL | undefined },
  environment: Environment,
  noProxy: string | undefined,
): Problem[] {
  if (!url || proxy || isDirect(url, noProxy) || isLoopback(url)) return [];
  const upper = [url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY'];
  const variable = upper.flatMap((name) => [name, name.toLowerCase()]).find((name) => environment[name]);
  if (variable === undefined) return [];
  return [
    createProblem({
      variable,
      kind: 'value',
      problem: `has no effect: ${url.hostname} is reached without a proxy, because each vendor has a variable of its own`,
      advice: `set ${prefix}PROXY, or add ${url.hostname} to NO_PROXY`,
    }),
  ];
}

/** Whether an address leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
