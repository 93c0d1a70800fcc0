import type { DateTime } from 'luxon';
import type { VendorClients } from '../../clients/vendors.ts';
import type { SettingTexts } from '../../config/settings/setting.ts';
import type { User } from '../../domain/user.ts';
import { carriedPolicy } from '../../jobs/carried-policy.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { type Outlooks, userKey } from '../../runs/batch.ts';
import { policyInEffect } from '../../runs/plan-files/check-plan-file.ts';
import type { Queues } from '../queues.ts';
import { hourMs, hourOf, packOutlook, periodOf, shardBitsFor, suits } from './hours.ts';
import { readOutlooks, writeOutlooks } from './scripts.ts';

/*
 * Before when nothing can be due for whom. It is kept as a keyed hash of the user and a small number, some 64 users in one
 * hash of Redis, which keeps so few packed: about 20 bytes for each user. What it was seen under, its terms, is the policy
 * and the key of the hash; under other terms it is forgotten. What Redis loses is asked again.
 */

/** What is kept of a job, under the terms of now. */
export interface KeptOutlooks extends Outlooks {
  /**
   * Before a run over the whole roster: what was seen under other terms goes.
   *
   * @param users how many there usually are
   * @returns after how many hours a new device can be due, by what the last runs saw; undefined where they saw none
   */
  begin(users: number | undefined, now: DateTime): Promise<number | undefined>;
  /** After a run that has seen the whole roster, or knew of everybody; `users`: how many it has. */
  finish(users: number): Promise<void>;
}

/** What outlooks are kept with. */
export interface OutlookParts {
  readonly queues: Pick<Queues, 'redis' | 'prefix'>;
  readonly clients: Pick<VendorClients, 'keyedHash'>;
}

/** A user in Redis: 64 bits, so that two of a million are taken for one once in ten million sites. */
const nameBytes = 8;
const seriesLength = 8;
/** How many users, or keys, go to Redis at a time. */
const chunk = 1000;

/**
 * What is kept of whom a job need not ask; undefined when it asks everybody at every run.
 *
 * @param policy as it was written: that of the run
 */
export function outlooksOf(
  { queues: { redis, prefix }, clients }: OutlookParts,
  job: AnyJob,
  policy: SettingTexts,
): KeptOutlooks | undefined {
  const waitMs = job.longestWait?.(carriedPolicy(job, policy));
  if (waitMs === undefined) return undefined;
  const waitHours = hourOf(waitMs);
  const terms = `${prefix}:outlooks:${job.name}`;
  const hash = clients.keyedHash(job.vendor);
  const sorted = Object.entries(policyInEffect(job.policy, policy)).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const series = hash(JSON.stringify(['outlooks', sorted])).slice(0, seriesLength);
  const nameOf = (user: User) =>
    Buffer.from(hash(`outlook\n${userKey(user)}`), 'base64url').subarray(0, nameBytes);

  function call(script: string, nowHour: number, given: readonly (string | number | Buffer)[]) {
    const begins = [series, periodOf(nowHour, waitHours), nowHour, waitHours];
    return redis.eval(script, 1, terms, ...begins, ...given);
  }

  /** Removes what lies under these terms. */
  async function drop({ series: of, bits, period }: Terms): Promise<void> {
    if (of === null || bits === null || period === null) return;
    const shards = 2 ** Number(bits);
    for (const one of [Number(period), Number(period) - 1]) {
      for (let first = 0; first < shards; first += chunk) {
        const count = Math.min(chunk, shards - first);
        const keys = Array.from({ length: count }, (_, at) => `${terms}:${of}.${bits}:${one}:${first + at}`);
        await redis.unlink(...keys);
      }
    }
  }

  async function readTerms(): Promise<Terms> {
    const [of = null, bits = null, period = null] = await redis.hmget(terms, 'series', 'bits', 'period');
    return { series: of, bits, period };
  }

  async function soonest(period: number): Promise<number | undefined> {
    const periods = [period, period - 1, period - 2].map((one) => `new:${one}`);
    const hours = (await redis.hmget(terms, ...periods)).flatMap((text) =>
      text === null ? [] : Number(text),
    );
    return hours.length === 0 ? undefined : Math.min(...hours);
  }

  return {
    async known(users, now) {
      const known = new Map<number, number>();
      for (let start = 0; start < users.length; start += chunk) {
        const names = users.slice(start, start + chunk).map(nameOf);
        const found = await call(readOutlooks, hourOf(now.toMillis()), names);
        const numbers = Array.isArray(found) ? found.map(Number) : [];
        for (let at = 0; at + 1 < numbers.length; at += 2)
          known.set(start + (numbers[at] ?? 0), (numbers[at + 1] ?? 0) * hourMs);
      }
      return known;
    },
    async remember(seen, now) {
      const nowHour = hourOf(now.toMillis());
      for (let start = 0; start < seen.length; start += chunk) {
        const some = seen.slice(start, start + chunk);
        const soonest = some.flatMap(({ newAfterMs }) => newAfterMs ?? []);
        const given = some.flatMap((one) => [nameOf(one.user), packOutlook(one, nowHour, waitHours) ?? '']);
        const newAfter = soonest.length > 0 ? hourOf(Math.min(...soonest)) : '';
        await call(writeOutlooks, nowHour, [newAfter, ...given]);
      }
    },
    async begin(users, now) {
      const before = await readTerms();
      if (before.series === series) return soonest(periodOf(hourOf(now.toMillis()), waitHours));
      const bits = before.bits ?? (users === undefined ? undefined : shardBitsFor(users));
      const change = redis
        .multi()
        .unlink(terms)
        .hset(terms, { series, ...(bits === undefined ? {} : { bits }) });
      await change.pexpire(terms, 4 * waitHours * hourMs).exec();
      await drop(before);
      return undefined;
    },
    async finish(users) {
      const now = await readTerms();
      if (now.series !== series) return;
      const isKept = now.bits !== null && suits(Number(now.bits), users);
      await redis.hset(terms, { whole: 1, ...(isKept ? {} : { bits: shardBitsFor(users) }) });
      if (!isKept) await drop(now);
    },
  };
}

/** What is kept of the terms; null for what is not there. */
interface Terms {
  readonly series: string | null;
  readonly bits: string | null;
  readonly period: string | null;
}
