import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/errors.ts';
import { loadConfig } from '../../config/load.ts';
import { jobPrefix } from '../../config/settings/job.ts';
import { type Problem, problemLine } from '../../config/settings/problem.ts';
import type { Environment } from '../../config/settings/read-group.ts';
import { envPrefix, vendors } from '../../domain/vendor.ts';
import { jobs } from '../../jobs/index.ts';
import { type UnitEstimate, unitOf } from '../../policies/timed-devices/timeout-unit.ts';
import { adviceSentence, type Line, linesOf } from './check.ts';
import { unitRemedy } from './vendors/unit.ts';

const { ok, warn, fail, notChecked } = linesOf('configuration');
const refresh = 'refresh-timed-devices';

/** What can be used of the configuration, and what cannot be checked before it is corrected. */
export interface ConfigurationLook {
  readonly lines: readonly Line[];
  /** Without what is wrong; undefined when too little is left. */
  readonly config: Config | undefined;
  /** Prefixes of variables that are wrong: `POINTSHARP_`. What they are about is not checked. */
  readonly wrong: readonly string[];
  /** Problems and warnings that have a line, as `variable: message`. */
  readonly shown: readonly string[];
}

/** Reads the configuration as the program does; what is wrong is left out, so that the rest can be checked. */
export function lookAtConfiguration(environment: Environment, now: DateTime): ConfigurationLook {
  try {
    const config = loadConfig(environment, jobs, now);
    return {
      lines: [ok('variables', 'all variables are valid'), ...linesAbout(config)],
      config,
      wrong: [],
      shown: config.warnings.map(problemLine),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.problems.map(lineOf);
    // A variable that does not exist says nothing about the others, and a margin concerns its job alone.
    const values = error.problems.filter(({ kind }) => kind === 'value');
    const wrong = withRoster([...new Set(values.map(({ variable }) => groupOf(variable)))], environment);
    const shown = error.problems.map(problemLine);
    const config = loadRest(environment, error.problems, wrong, now);
    if (config) return { lines: [...lines, ...linesAbout(config)], config, wrong, shown };
    return {
      lines: [...lines, notChecked('rest', 'the variables above come first')],
      config,
      wrong,
      shown,
    };
  }
}

function lineOf({ variable, problem, advice, meant }: Problem): Line {
  if (meant) return fail(variable, problem, `Rename it to ${meant}, or remove it.`);
  return fail(
    variable,
    problem,
    advice === undefined
      ? `Correct ${variable}. Its values: caretaker config --reference`
      : adviceSentence(advice),
  );
}

/** A roster cannot be read where SuperOffice is a part of it and wrong, nor without the rule that joins it. */
function withRoster(wrong: readonly string[], { CARETAKER_ROSTER: roster = '' }: Environment): string[] {
  const needsIt = wrong.includes(envPrefix('superoffice')) && /superoffice:\s*$/i.test(roster);
  const isWrong = needsIt || wrong.includes('CARETAKER_ROSTER_JOIN');
  return isWrong ? [...new Set([...wrong, 'CARETAKER_ROSTER'])] : [...wrong];
}

function groupOf(variable: string): string {
  const own = jobs.map(({ name }) => jobPrefix(name)).find((prefix) => variable.startsWith(prefix));
  if (own) return own;
  if (/^CARETAKER_(ROSTER|PREFIX)/.test(variable)) return variable;
  return ['REDIS_', ...vendors.map(envPrefix)].find((prefix) => variable.startsWith(prefix)) ?? variable;
}

function loadRest(
  environment: Environment,
  problems: readonly Problem[],
  wrong: readonly string[],
  now: DateTime,
): Config | undefined {
  const isWrong = (name: string) =>
    problems.some(({ variable }) => name === variable || name === `${variable}_FILE`) ||
    ['REDIS_', ...vendors.map(envPrefix)].some(
      (prefix) => wrong.includes(prefix) && name.startsWith(prefix),
    ) ||
    (wrong.includes('CARETAKER_ROSTER') && /^(?:CARETAKER_ROSTER(?:_JOIN)?$|ROSTER_)/.test(name));
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !isWrong(name)));
  // Where the vendor is wrong its jobs could not run, and a margin that is too small has its line already.
  for (const { name, vendor } of jobs) {
    if (wrong.includes(envPrefix(vendor))) rest[`${jobPrefix(name)}ENABLED`] = 'false';
  }
  try {
    const config = loadConfig({ ...rest, CARETAKER_MODE: 'observe' }, jobs, now);
    const shown = problems.map(problemLine);
    const isShown = (warning: Problem) => shown.includes(problemLine(warning));
    return {
      ...config,
      mode: environment.CARETAKER_MODE === 'enforce' ? 'enforce' : 'observe',
      warnings: config.warnings.filter((warning) => !isShown(warning)),
    };
  } catch {
    return undefined;
  }
}

function linesAbout(config: Config): Line[] {
  return config.warnings.map(({ variable, problem, advice }) =>
    warn(variable, problem, advice === undefined ? `Check ${variable}.` : adviceSentence(advice)),
  );
}

/**
 * Whether the settings are complete that matter only in `enforce`.
 *
 * @param estimate what the devices show of the unit; undefined when none could be read
 */
export function modeLine({ mode, jobs: settings }: Config, estimate: UnitEstimate | undefined): Line {
  if (mode === 'observe') return ok('mode', 'observe: nothing is written');
  const job = settings[refresh];
  if (!job?.enabled) return ok('mode', 'enforce');
  const unit = unitOf(job.policy);
  if (unit) return ok('mode', `enforce, timed devices in ${unit}`);
  return warn(
    'mode',
    'enforce without REFRESH_TIMED_DEVICES_UNIT: that the vendor warns users by NOTICE is a guess',
    estimate
      ? unitRemedy(estimate)
      : 'No devices were read: correct what fails below, then run caretaker doctor again.',
  );
}
