import type { DateTime } from 'luxon';
import type { PointsharpReader } from '../../clients/pointsharp/client.ts';
import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import {
  estimateTimeoutUnit,
  type UnitEstimate,
  type UnitWitness,
  unitOf,
} from '../../policies/timeout-unit.ts';
import { type Line, linesOf } from './check.ts';

const { ok, warn, fail, notChecked } = linesOf('timed-devices');
const job = 'refresh-timed-devices';

/** Reads the devices of the users one after another, until `deadline` fires, and compares the unit they show with the policy's. */
export async function checkUnit(
  config: Config,
  client: PointsharpReader,
  users: readonly User[],
  now: DateTime,
  deadline: AbortSignal,
): Promise<readonly Line[]> {
  const jobConfig = config.jobs[job];
  if (!jobConfig?.enabled) return [notChecked('unit', `${job} is off`)];
  const devices: UnitWitness[] = [];
  let asked = 0;
  for (const user of users) {
    if (deadline.aborted) break;
    try {
      devices.push(...(await client.listDevices(user)));
      asked += 1;
    } catch (error) {
      // What concerns one user says nothing of the others; the vendor's own lines tell the rest.
      if (!(error instanceof Error && 'remedy' in error && error.remedy === 'fail-user')) break;
    }
  }
  if (asked === 0) return [notChecked('unit', 'no devices could be read')];
  return [unitLine(estimateTimeoutUnit(devices, now.toMillis()), unitOf(jobConfig.policy), asked)];
}

/** Compares what the devices show with what the policy says. */
export function unitLine(estimate: UnitEstimate, policy: string | undefined, asked: number): Line {
  const { unit, confidence, devices, speaking } = estimate;
  const set = policy ?? 'nothing';
  if (unit === 'unknown') {
    return notChecked(
      'unit',
      `${devices} timed devices of ${asked} users do not tell it; REFRESH_TIMED_DEVICES_UNIT says ${set}`,
    );
  }
  const found = `${unit} by ${speaking} of ${devices} timed devices (confidence ${confidence}); REFRESH_TIMED_DEVICES_UNIT says ${set}`;
  if (policy === unit) return ok('unit', found);
  const remedy = `set REFRESH_TIMED_DEVICES_UNIT=${unit}`;
  return policy !== undefined && confidence === 'high'
    ? fail('unit', found, remedy)
    : warn('unit', found, `${remedy}, once caretaker explain shows the same for a user you know`);
}
