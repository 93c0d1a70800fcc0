import { setTimeout as delay } from 'node:timers/promises';
import { between, type Random } from '../../../simulators/people/random.ts';
import { claim, claimPlaces, type Figures } from '../claims.ts';
import { runsPrefix, until, withFaultRig } from '../fault-rig.ts';

export interface NoWriteSize {
  readonly users: number;
  /** How often all workers are killed while a run is held. */
  readonly kills: number;
}

/** Nobody allowed it: runs that observe, are held, are rejected or are stopped write nothing, whatever happens. */
export function noWriteWithoutPermission(random: Random, { users, kills }: NoWriteSize): Promise<Figures> {
  const held = { REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1', REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions' };
  return withFaultRig({ users, frozen: true, appendOnly: true, environment: held }, async (rig) => {
    const { traffic, faults } = rig.simulators.pointsharp;
    for (const kind of ['status', 'reset', 'reset-mid-body', 'garbage'] as const)
      faults.add({ kind, share: 0.01 });
    faults.latencyMs = 2;
    let worker = await rig.worker();
    const seen: Record<string, string> = {};
    for (const job of ['purge-windows', 'refresh-timed-devices']) {
      const report = await rig.ended(await rig.trigger(job, 'observe'));
      claimPlaces(report, users);
      seen[`${job} observed`] = report.run.status;
    }

    const id = await rig.trigger('refresh-timed-devices');
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(between(random, 0, 400));
      await worker.kill('SIGKILL');
      worker = await rig.worker();
    }
    await until(
      'the run is held',
      async () => (await rig.client.zscore(`${runsPrefix}:delayed`, id)) !== null,
    );
    claim((await rig.report(id)).run.status === 'held', 'the run waits, but is not held');
    await worker.kill('SIGKILL');
    await rig.redis.restart();
    worker = await rig.worker();
    claim(
      (await rig.report(id)).run.status === 'held',
      'the run is not held any more after a restart of Redis',
    );
    const answer = await rig.run(['reject', id, '--note', 'nobody asked for it']);
    claim(answer.code === 0, `reject ended ${answer.code}: ${answer.errors}`);
    const rejected = await rig.ended(id);
    claimPlaces(rejected, users);
    claim(rejected.run.status === 'stopped', `the rejected run is ${rejected.run.status}`);
    seen.rejected = rejected.run.status;
    await worker.kill('SIGTERM');

    await rig.worker({ REFRESH_TIMED_DEVICES_HOLD_ON: 'growth' });
    const stopped = await rig.ended(await rig.trigger('refresh-timed-devices'));
    claimPlaces(stopped, users);
    claim(stopped.run.status === 'stopped', `the run beyond its limit is ${stopped.run.status}`);
    seen['beyond its limit'] = stopped.run.status;

    const { byOperation, requests } = traffic.facts();
    const writes = Object.entries(byOperation).filter(([operation]) => operation !== 'GET Device');
    claim(writes.length === 0, `the vendor got writes: ${JSON.stringify(Object.fromEntries(writes))}`);
    return { users, ...seen, reads: requests, writes: 0 };
  });
}
