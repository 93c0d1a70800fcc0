import type { RunsQueue } from '../../queue/queues.ts';
import { findRunId } from '../../queue/views/find-run-id.ts';
import { UsageError } from '../usage-error.ts';

/** How many runs are named when an id fits several. */
const namesShown = 5;

/**
 * The whole id of a run of which somebody typed a part. What no run has is returned as it is: what there is to say of it
 * depends on the command.
 *
 * @throws UsageError when several runs have it
 */
export async function wholeRunId(runs: RunsQueue, text: string): Promise<string> {
  const found = await findRunId(runs, text);
  if (!found) return text;
  if ('id' in found) return found.id;
  const { several } = found;
  const more = several.length > namesShown ? `, and ${several.length - namesShown} more` : '';
  throw new UsageError(
    `${several.length} runs have an id with ${text}: ${several.slice(0, namesShown).join(', ')}${more}.`,
    'Give more of the id.',
  );
}
