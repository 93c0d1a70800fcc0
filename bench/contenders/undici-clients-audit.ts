import { env } from 'node:process';
import { openClients } from './clients.ts';
import { associates, inLanes } from './users.ts';

/* The limit of the audit: reads the registrations of every associate and parses them as JSON, without looking at what came. */

const { origin, pathname } = new URL(env.SUPEROFFICE_URL ?? '');
const clients = openClients(origin);
const credentials = `${env.SUPEROFFICE_USERNAME}:${env.SUPEROFFICE_PASSWORD}`;
const headers = {
  authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
  'content-type': 'application/json',
};
const path = `${pathname}v1/Agents/Pocket/GetRegisteredDevices`;
let registrations = 0;
await inLanes(associates(), async (associate) => {
  const body = JSON.stringify({ AssociateId: associate });
  registrations += JSON.parse(await clients.call({ method: 'POST', path, headers, body })).length;
});
await clients.close();
process.stdout.write(`${registrations} registrations\n`);
