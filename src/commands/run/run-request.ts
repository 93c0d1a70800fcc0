import type { Config, Mode } from '../../config/config.ts';
import { jobPrefix } from '../../config/settings/job.ts';
import { closeName } from '../../domain/close-name.ts';
import type { User } from '../../domain/user.ts';
import { type AnyJob, findJob, jobNames } from '../../jobs/index.ts';
import type { RunRequest } from '../../queue/messages/run-request.ts';
import type { Queues } from '../../queue/queues.ts';
import { findPause, rosterVendorOf } from '../../queue/records/find-pause.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { rowsNamed } from './roster-rows.ts';

/** Options of the commands that start a run. */
export interface RunOptions {
  readonly mode?: Mode;
  readonly user?: readonly string[];
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** The job of that name. @throws UsageError when there is none or it is switched off */
export function requireJob(config: Config, name: string): AnyJob {
  const job = findJob(name);
  if (!job) {
    const meant = closeName(name, jobNames, 3);
    throw new UsageError(
      `There is no job ${name}.`,
      `${meant === undefined ? '' : `Did you mean ${meant}? `}The jobs are ${jobNames.join(', ')}.`,
    );
  }
  if (!config.jobs[name]?.enabled) {
    throw new UsageError(
      `The job ${name} is switched off by ${jobPrefix(name)}ENABLED=false.`,
      `Remove ${jobPrefix(name)}ENABLED or set it to true.`,
    );
  }
  return job;
}

/** What goes on the queue. Users named by hand are looked up in the roster, which has their storage and associate. */
export async function makeRunRequest(
  context: CommandContext,
  config: Config,
  options: RunOptions,
): Promise<RunRequest> {
  const { mode, user, requestedBy = context.account.user, reason } = options;
  const users = user && user.length > 0 ? await lookUpUsers(context, config, user) : undefined;
  return {
    ...(mode ? { mode } : {}),
    ...(users ? { users: users.map((one) => ({ ...one })) } : {}),
    ...(requestedBy ? { requestedBy } : {}),
    ...(reason ? { reason } : {}),
  };
}

/**
 * The users of these names as the roster has them; as they are named, where no roster is set. A name in another case is
 * taken where the roster has it in one way only.
 *
 * @throws UsageError naming those that the roster does not have
 */
export async function lookUpUsers(
  context: CommandContext,
  config: Config,
  names: readonly string[],
): Promise<User[]> {
  if (config.roster === undefined) return names.map((username) => ({ username }));
  const { found, missing, meant } = await rowsNamed(context, config, names);
  if (missing.length === 0) return [...found];
  const hint = meant.length === 0 ? '' : `Did you mean ${meant.join(', ')}? `;
  throw new UsageError(
    `The roster ${config.roster} has no user ${missing.join(', ')}.`,
    `${hint}Correct the name, or add the user to the roster.`,
  );
}

/**
 * @param source whether the run reads the roster, or has a plan
 * @throws UsageError when somebody paused the job, its vendor, or the vendor that its roster is read from
 */
export async function refusePaused(
  queues: Queues,
  job: string,
  config: Pick<Config, 'timeZone' | 'associates'>,
  source: 'roster' | 'plan' = 'roster',
): Promise<void> {
  const vendor = findJob(job)?.vendor;
  const whats = vendor ? [job, vendor] : [job];
  const rosterVendor = source === 'roster' ? rosterVendorOf(config) : undefined;
  const pause = await findPause(queues, { whats, rosterVendor }, config.timeZone);
  if (pause) throw new UsageError(pause.problem, pause.advice);
}
