import { Redis } from 'ioredis';
import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { isCatchUp } from '../../src/queue/catch-up/catch-up.ts';
import { findReport } from '../../src/queue/run-worker/reports/find-report.ts';
import type { Report } from '../../src/runs/report.ts';
import { openOnline } from '../support/online.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';
import { tickNow } from './tick.ts';

const redis = useRedis();
const hours = 48;
const people = 12;

/** Everything that is sent to Redis from now on, to look for what must not be there. */
async function listenToRedis(): Promise<() => string> {
  const connection = new Redis(redis().socketPath);
  const monitor = await connection.monitor();
  const heard: string[] = [];
  monitor.on('monitor', (_time: string, words: string[]) => heard.push(words.join(' ')));
  onTestFinished(() => {
    monitor.disconnect();
    connection.disconnect();
  });
  return () => heard.join('\n');
}

test.for([
  // Tickets that do not slide are harder on a client than those that are documented.
  ['refresh-token', true],
  ['system-user', false],
] as const)(
  'over 48 hours of hourly audits by %s (sliding %s) nothing fails but the run after a revocation, and no credential goes astray',
  { timeout: 240_000 },
  async ([auth, ticketsSlide]) => {
    const { online, environment, writeSecrets } = await openOnline(auth, {
      users: people,
      lifetimes: { ticketsSlide },
    });
    const { clock, hosts, identity } = online;
    const heard = await listenToRedis();
    const { context, work, lines } = openQueueFixture(redis(), {
      environment,
      users: Array.from({ length: people }, (_, index) => ({
        username: online.people.username(index),
        associateId: online.people.associateId(index),
      })),
      now: () => DateTime.fromMillis(clock.now()),
    });
    // Redis lives by the clock of the simulators as well.
    Object.assign(context.queues.redis, { time: async () => [Math.floor(clock.now() / 1000), 0] });
    await work();
    const { runs } = context.queues;
    const reports: Report[] = [];
    const reportAfter = async (id: string) =>
      until(async () => {
        const found = await findReport(runs, id);
        return found?.run.finishedAt ? found : undefined;
      });
    const tick = async () => {
      const report = await reportAfter(await tickNow(context, 'audit-pocket'));
      reports.push(report);
      return report;
    };

    for (let hour = 0; hour < hours; hour += 1) {
      clock.advance(3_600_000);
      if (hour === 7) online.moveTo(1);
      // In the middle of the run.
      if (hour === 19) online.moveTo(2, 5);
      if (hour === 30) {
        online.become({ state: 'OfflineMaintenance', isRunning: false });
        expect((await tick()).run).toMatchObject({
          status: 'skipped',
          reason:
            'unavailable: SuperOffice says of the tenant Cust12345: OfflineMaintenance (6): it is offline for maintenance. The run is caught up once it can be asked.',
        });
        clock.advance(1_200_000);
        online.become({});
        const caughtUp = (await runs.getDelayed()).find(isCatchUp);
        // BullMQ waits by the real clock, and the simulators have another.
        await caughtUp?.promote();
        reports.push(await reportAfter(caughtUp?.id ?? ''));
        continue;
      }
      if (hour === 40) identity.revoke();
      await tick();
      if (hour === 40) {
        identity.approve();
        await writeSecrets();
      }
    }

    const bad = reports.filter(({ run }) => run.status !== 'completed' || run.reason !== null);
    expect(bad.map(({ run }) => run.status)).toEqual(['skipped', 'stopped']);
    const reason = bad[1]?.run.reason ?? '';
    expect(reason).toContain(auth === 'refresh-token' ? 'was revoked, or has expired' : 'was revoked');
    expect(reason).toContain(
      auth === 'refresh-token' ? 'caretaker superoffice login' : 'approve the app again',
    );
    expect(reports).toHaveLength(hours + 1);
    const whole = reports.filter((report) => !bad.includes(report));
    for (const { users } of whole)
      expect(users).toMatchObject({ inspected: people, failed: 0, notReached: 0 });

    // A move between two runs shows no credential to the old host; one in the middle of a run only what was in flight.
    const inFlight = context.config.superoffice?.requestsInFlight ?? 0;
    expect(hosts.map(({ strays }) => strays()).slice(0, 3)).toEqual([0, expect.any(Number), 0]);
    expect(hosts[1]?.strays()).toBeGreaterThan(0);
    expect(hosts[1]?.strays()).toBeLessThanOrEqual(inFlight);
    for (const { traffic } of [online.login, ...hosts]) expect(traffic.facts().violations.first).toEqual([]);

    const written = `${heard()}\n${JSON.stringify(lines())}\n${JSON.stringify(reports)}`;
    expect(written).toContain('audit-pocket');
    for (const secret of [...identity.issued, environment.SUPEROFFICE_APP_TOKEN ?? ''])
      expect(written).not.toContain(secret);
  },
);
