import { stat } from 'node:fs/promises';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import { jobNames } from '../../jobs/index.ts';
import type { Queues } from '../queues.ts';
import { lastSelections } from '../records/baseline.ts';

/** How the roster was when it was last read whole, and how old it is. */
export interface RosterState {
  /** As it is configured. */
  readonly source: string;
  /** Undefined before the first completed run over all of it. */
  readonly lastRead: RosterReading | undefined;
  /** How long ago its file was written, in milliseconds; undefined where that is not known before a run. */
  readonly ageMs: number | undefined;
  /** How old it may be, in milliseconds. */
  readonly mostAgeMs: number | undefined;
}

/** What one run read of the roster. */
interface RosterReading {
  readonly run: string;
  readonly job: string;
  readonly users: number;
  /** How many the run of that job before it read. */
  readonly before: number | undefined;
}

/** A file on a server that is away must not keep a page waiting. */
const patienceMs = 500;

/** How the roster is, without reading it. */
export async function rosterState(queues: Queues, config: Config, now: DateTime): Promise<RosterState> {
  const { roster = '', rosterMaxAge } = config;
  const [lastRead, writtenAtMs] = await Promise.all([lastReading(queues), writtenAt(config)]);
  return {
    source: roster,
    lastRead,
    ageMs: writtenAtMs === undefined ? undefined : Math.max(0, now.toMillis() - writtenAtMs),
    mostAgeMs: rosterMaxAge?.toMillis(),
  };
}

async function lastReading(queues: Queues): Promise<RosterReading | undefined> {
  const kinds = jobNames.flatMap((job) => (['observe', 'enforce'] as const).map((mode) => ({ job, mode })));
  const found = await Promise.all(
    kinds.map(async ({ job, mode }) => {
      const [newest, before] = await lastSelections(queues, job, mode);
      return newest ? [{ run: newest.run, job, users: newest.selected, before: before?.selected }] : [];
    }),
  );
  // Behind its job, the id of a run is the moment in which it was asked for.
  const moment = ({ run, job }: RosterReading) => run.slice(job.length);
  return found.flat().reduce<RosterReading | undefined>((newest, one) => {
    return newest && moment(newest) >= moment(one) ? newest : one;
  }, undefined);
}

/** Only a file tells its age for nothing. */
async function writtenAt({ roster, directories, download, associates }: Config): Promise<number | undefined> {
  if (roster === undefined || roster === '-' || download || directories.length > 0) return undefined;
  // Of a join, the side that says who may use devices.
  const path = associates?.join?.users ?? roster;
  const found = await withDeadline(
    stat(path).catch(() => undefined),
    patienceMs,
    undefined,
  );
  return found?.isFile() ? found.mtimeMs : undefined;
}
