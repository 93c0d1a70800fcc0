import { writeSync } from 'node:fs';
import { env } from 'node:process';
import { openClients } from './clients.ts';
import { associates, inLanes } from './users.ts';

/*
 * The limit of the audit: reads the registrations of every associate, parses them as JSON, judges them by the default policy
 * as a script would, writes a line for each finding, and looks for what several associates have.
 */

/** What is looked at of a registration, in the words of the vendor. */
interface Registration {
  readonly DeviceName: string | null;
  readonly DeviceIdentifier: string | null;
  readonly PocketVersion: string | null;
  readonly PNSHandle: string | null;
  readonly Platform: string | null;
  readonly OSVersion: string | null;
}

let findings = 0;
let lines = '';
const log = 2;

function found(rule: string, subject: string, detail: string): void {
  findings += 1;
  lines += `${JSON.stringify({ time: new Date(), rule, subject, detail })}\n`;
  if (lines.length > 16_384) flush();
}

function flush(): void {
  writeSync(log, lines);
  lines = '';
}

function isBelow(version: string, than: readonly number[]): boolean {
  const numbers = version.split('.').map(Number);
  for (let part = 0; part < 4; part += 1) {
    const difference = (numbers[part] ?? 0) - (than[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const leastSystems = new Map([
  ['ios', [15]],
  ['android', [9]],
]);
const testPlatforms = ['AppleDeveloper', 'AppleAdHoc', 'GoogleDeveloper'];
const knownPlatforms = ['Apple', 'Google', 'Microsoft', ...testPlatforms];

function judge(subject: string, { PocketVersion, OSVersion, Platform, PNSHandle }: Registration): void {
  const app = /^\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(PocketVersion ?? '')?.[1];
  const system = /^\s*([a-z][a-z ]*?)\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(OSVersion ?? '');
  const least = leastSystems.get(system?.[1]?.toLowerCase() ?? '');
  if (!PNSHandle) found('missing-push-handle', subject, 'no push handle');
  if (app && isBelow(app, [10])) found('app-cannot-log-in', subject, `app ${app}`);
  else if (app && isBelow(app, [11])) found('outdated-app', subject, `app ${app}`);
  if (least && isBelow(system?.[2] ?? '', least)) found('unsupported-os', subject, `${OSVersion}`);
  if (testPlatforms.includes(Platform ?? '')) found('test-build', subject, `platform ${Platform}`);
  if (Platform === 'Microsoft') found('retired-platform', subject, `platform ${Platform}`);
  if (!knownPlatforms.includes(Platform ?? '')) found('unknown-platform', subject, `platform ${Platform}`);
  if (!app || !system) found('unreadable-version', subject, `${PocketVersion}, ${OSVersion}`);
}

/** Who has a device, and where a push handle is. */
const devices = new Map<string, Set<number>>();
const handles = new Map<string, number>();

function remember(associate: number, { DeviceIdentifier, PNSHandle }: Registration): void {
  if (PNSHandle) handles.set(PNSHandle, (handles.get(PNSHandle) ?? 0) + 1);
  if (!DeviceIdentifier) return;
  const those = devices.get(DeviceIdentifier);
  if (those) those.add(associate);
  else devices.set(DeviceIdentifier, new Set([associate]));
}

const { origin, pathname } = new URL(env.SUPEROFFICE_URL ?? '');
const clients = openClients(origin);
const credentials = `${env.SUPEROFFICE_USERNAME}:${env.SUPEROFFICE_PASSWORD}`;
const headers = {
  authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
  'content-type': 'application/json',
};
const path = `${pathname}v1/Agents/Pocket/GetRegisteredDevices`;
await inLanes(associates(), async (associate) => {
  const body = JSON.stringify({ AssociateId: associate });
  const registrations: Registration[] = JSON.parse(
    await clients.call({ method: 'POST', path, headers, body }),
  );
  for (const registration of registrations) {
    judge(`associate ${associate}, device ${registration.DeviceIdentifier}`, registration);
    remember(associate, registration);
  }
  if (registrations.length > 5)
    found('too-many-devices', `associate ${associate}`, `${registrations.length}`);
});
await clients.close();
for (const [device, those] of devices) {
  if (those.size > 1) found('shared-device', `device ${device}`, [...those].join(', '));
}
for (const [, times] of handles) {
  if (times > 1) found('shared-push-handle', 'a push handle', `${times} times`);
}
flush();
process.stdout.write(JSON.stringify({ findings: { all: findings } }));
