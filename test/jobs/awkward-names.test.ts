import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { rosterUser } from '../../simulators/people/roster.ts';
import { startSimulators } from '../../simulators/simulators.ts';
import { openVendorClients } from '../../src/clients/vendors.ts';
import { loadConfig } from '../../src/config/load.ts';
import { findJob, jobNames, jobs } from '../../src/jobs/index.ts';

/** One letter or mark of each shape that breaks clients; every one is in the simulators' worlds. */
const awkward = [
  "'",
  'å',
  '&',
  '#',
  '%',
  '/',
  '=',
  '?',
  '%2B',
  ',',
  '"',
  '\\',
  ';',
  ':',
  '+',
  ' ',
  '@',
  '\u030A',
  '🦊',
];

async function open() {
  const simulators = await startSimulators({ users: 400, frozen: true });
  onTestFinished(() => simulators.close());
  const config = loadConfig(
    {
      POINTSHARP_URL: simulators.pointsharp.url,
      SUPEROFFICE_URL: simulators.superoffice.url,
      SUPEROFFICE_USERNAME: 'caretaker',
      SUPEROFFICE_PASSWORD: 'simulated',
      REFRESH_TIMED_DEVICES_UNIT: 'days',
    },
    jobs,
    DateTime.utc(),
  );
  const clients = openVendorClients(config);
  onTestFinished(() => clients.destroy());
  const users = Array.from({ length: 400 }, (_, index) => rosterUser(simulators.people, index)).filter(
    ({ username }) => /[^a-z.\d]/.test(username),
  );
  return { simulators, config, clients, users };
}

test('the names that are tried hold everything that breaks clients', async () => {
  const { users } = await open();
  const all = users.map(({ username }) => username).join('\n');
  for (const text of awkward) expect(all).toContain(text);
});

test.each(jobNames)('the job %s inspects and explains users of any name, each his own', async (name) => {
  const { simulators, config, clients, users } = await open();
  const job = findJob(name);
  if (!job) throw new Error('there is no such job');
  const { policy = {} } = config.jobs[name] ?? {};
  const client = clients.readers({ requests: 0 })[job.vendor]();
  const now = DateTime.fromMillis(simulators.clock.now());
  for (const user of users) {
    const {
      actions,
      findings = [],
      kept = {},
      observations = [],
    } = await job.inspect(user, { client, policy, now });
    const index = user.associateId - simulators.people.associateId(0);
    const seen = {
      'purge-windows': 2,
      'refresh-timed-devices': simulators.pointsharp.world.devices(index).length,
      'audit-pocket': simulators.superoffice.world.registrations(user.associateId).length,
    }[name];
    const things =
      Object.values(kept).reduce((sum, count) => sum + count, 0) + actions.length + observations.length;
    expect(things, user.username).toBe(seen);
    for (const action of actions) expect(action.user).toEqual(user);
    expect(JSON.parse(JSON.stringify({ actions, findings, observations }))).toEqual({
      actions,
      findings,
      observations,
    });
    await job.explain(user, { client, policy, now });
  }
  for (const vendor of [simulators.pointsharp, simulators.superoffice]) {
    const { violations, writesApplied, byStatus } = vendor.traffic.facts();
    expect(violations.total).toBe(0);
    expect(writesApplied).toEqual({});
    expect(Object.keys(byStatus).filter((status) => status !== '200')).toEqual([]);
  }
});
