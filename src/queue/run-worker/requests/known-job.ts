import { UnrecoverableError } from 'bullmq';
import { type AnyJob, findJob, jobNames } from '../../../jobs/index.ts';
import { shownName } from '../../shown-name.ts';

/** The maintenance job of that name. */
export function knownJob(name: string): AnyJob {
  const maintenance = findJob(name);
  if (maintenance) return maintenance;
  throw new UnrecoverableError(
    `There is no maintenance job called ${JSON.stringify(shownName(name))}. There are ${jobNames.join(', ')}.`,
  );
}
