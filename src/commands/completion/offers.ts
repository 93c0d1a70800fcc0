import { vendors } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/names.ts';
import type { CommandContext } from '../context.ts';

/** What can stand at the cursor. */
export interface Offers {
  /** Names of files as well. */
  readonly files?: boolean;
  readonly words: readonly Offer[];
}

/** A word, and what it is in a few others. */
export interface Offer {
  readonly word: string;
  readonly meaning?: string;
}

/** How many runs are offered: more fill the screen. */
const runsOffered = 20;

/** The runs that a command is for; it names others as well, and then says what is wrong. */
const wantedStatuses: Readonly<Record<string, readonly string[]>> = {
  approve: ['held'],
  reject: ['held'],
  stop: ['running', 'held'],
};

/**
 * What there is for an argument, or for the value of an option.
 *
 * @param name what the help calls it: `job` of `<job>`
 * @param command whose it is: not every run can be approved
 */
export async function offersFor(context: CommandContext, name: string, command: string): Promise<Offers> {
  switch (name) {
    case 'job':
      return words(jobNames);
    case 'what':
      return words([...jobNames, ...vendors]);
    case 'zone':
      return words(Intl.supportedValuesOf('timeZone'));
    case 'file':
      return { files: true, words: [] };
    case 'run':
      return { words: await recentRunsFor(context, command) };
    default:
      return { words: [] };
  }
}

function words(names: readonly string[]): Offers {
  return { words: names.map((word) => ({ word })) };
}

/** Loaded when it is asked for: everything else is offered without a queue. */
async function recentRunsFor(context: CommandContext, command: string): Promise<Offer[]> {
  const { withQueues } = await import('../setup/queues.ts');
  const { recentRuns } = await import('../../queue/run-worker/reports/find-report.ts');
  const statuses = wantedStatuses[command];
  return withQueues(context, async ({ runs }) => {
    const found = await recentRuns(
      runs,
      runsOffered,
      statuses && (({ run }) => statuses.includes(run.status)),
    );
    const offers = found.map(({ run }) => ({ word: run.id, meaning: run.status }));
    return statuses ? offers : [{ word: 'latest', meaning: 'the newest' }, ...offers];
  });
}
