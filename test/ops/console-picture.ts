/* Draws docs/console.png, the picture of the console in the README, from simulated people: npm run picture */
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/runs/report.ts';
import { openEndToEnd } from '../support/end-to-end.ts';
import { launchBrowser } from './browser.ts';
import { held, secret, visit } from './visitor.ts';

const path = fileURLToPath(new URL('../../docs/console.png', import.meta.url));
const zones = {
  CARETAKER_TIME_ZONE: 'Europe/Oslo',
  PURGE_WINDOWS_TIME_ZONE: 'Europe/Oslo',
  REFRESH_TIMED_DEVICES_TIME_ZONE: 'Europe/Oslo',
  AUDIT_POCKET_TIME_ZONE: 'Europe/Oslo',
};

const endToEnd = await openEndToEnd({ users: 2000 });
try {
  const { url } = await visit(endToEnd, zones);
  for (const job of ['audit-pocket', 'purge-windows']) {
    const { run } = (await endToEnd.run(['run', job, '--mode', 'enforce', '--json'])).json<Report>();
    if (run.status !== 'completed') throw new Error(`The run of ${job} is ${run.status}: ${run.reason}`);
  }
  const limits = { ...held, REFRESH_TIMED_DEVICES_MAX_ACTIONS: '500' };
  await endToEnd.run(['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'], limits);
  const browser = await launchBrowser();
  const context = await browser.newContext({
    httpCredentials: { username: 'kari', password: secret },
    viewport: { width: 1200, height: 880 },
    colorScheme: 'light',
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.screenshot({ path });
  await browser.close();
} finally {
  await endToEnd.close();
}
process.stdout.write(`${path} is drawn.\n`);
