import { openClients } from './clients.ts';
import { inLanes, readQueries, vendorUrl } from './users.ts';

/* The limit of the refresh: reads the devices of every user, parses them as JSON, and restarts the clock of those that are due. */

/** What is looked at of a device, in the words of the vendor. */
interface Device {
  readonly DeviceId: string;
  readonly Timeout?: string;
  readonly TimeoutConf?: number;
  readonly TimeoutConfAheadNotification?: number;
  readonly LastOkTime?: string;
  readonly LastErrorTime?: string;
  readonly CreateTime?: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = Date.now();

/** The default policy as a script would have it: dates are what `Date.parse` makes of them. */
function isDue(device: Device): boolean {
  const { TimeoutConf: timeout = 0, TimeoutConfAheadNotification: ahead } = device;
  const [end, used, error, made] = [
    device.Timeout,
    device.LastOkTime,
    device.LastErrorTime,
    device.CreateTime,
  ].map((text) => (text ? Date.parse(text) : Number.NaN));
  if (!(timeout > 0 && (end ?? 0) > now)) return false;
  if (now < (end ?? 0) - (ahead ?? 7) * dayMs - 36 * hourMs) return false;
  if (!((used ?? 0) >= now - 14 * dayMs) || (error ?? 0) > (used ?? 0)) return false;
  return !((made ?? 0) > 0 && (made ?? 0) < now - 5 * 365 * dayMs);
}

const { origin, pathname } = new URL(vendorUrl);
const clients = openClients(origin);
const headers = { 'content-type': 'application/json' };
let requests = 0;
let planned = 0;
await inLanes(readQueries(), async (query) => {
  const user = Object.fromEntries(new URLSearchParams(query));
  const text = await clients.call({ method: 'GET', path: `${pathname}Device?${query}` });
  requests += 1;
  for (const device of JSON.parse(text) as Device[]) {
    if (!isDue(device)) continue;
    const body = JSON.stringify({ DeviceId: device.DeviceId, ...user });
    await clients.call({ method: 'PUT', path: `${pathname}Device/UpdateTime`, headers, body });
    requests += 1;
    planned += 1;
  }
});
await clients.close();
process.stdout.write(JSON.stringify({ requests: { pointsharp: requests }, actions: { planned } }));
