import { OperatorError } from '../../domain/operator-error.ts';
import { systemErrorText } from '../../domain/system-error.ts';
import { createProblem, type Problem, problemLine } from './problem.ts';
import { readSecretFile, secretText } from './secret-text.ts';
import { isServiceLink } from './service-link.ts';
import { type Setting, type Settings, type SettingTexts, type ValuesOf, variableName } from './setting.ts';
import { shownPath, shownValue } from './shown-value.ts';

/** What was read of one group: the values, or the problems that stand in the way. */
interface GroupReading<S extends Settings> {
  readonly values: ValuesOf<S>;
  /** What was written, secrets left out. */
  readonly texts: SettingTexts;
  /** The secrets' values, to be kept out of every output. */
  readonly secrets: readonly string[];
  readonly problems: readonly Problem[];
}

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a group of settings; every variable that is wrong becomes a problem, none hides another. */
export function readGroup<S extends Settings>(
  prefix: string,
  settings: S,
  environment: Environment,
): GroupReading<S> {
  const values: Record<string, unknown> = {};
  const texts: Record<string, string> = {};
  const secrets: string[] = [];
  const problems: Problem[] = [];
  for (const [key, setting] of Object.entries(settings)) {
    const variable = variableName(prefix, key);
    const written = readText(variable, setting, environment);
    if ('problem' in written) {
      problems.push(createProblem({ variable, kind: 'value', ...written }));
      continue;
    }
    const value = written.text ?? setting.fallback;
    if (value === undefined) {
      values[key] = undefined;
      continue;
    }
    const result = setting.schema.safeParse(value);
    if (!result.success) {
      // A value that was meant to be secret stays secret when it is wrong.
      const shown = setting.secret ? 'something else, which is not shown' : shownValue(value);
      const problem = `expected ${setting.expected}; found ${shown}`;
      problems.push(createProblem({ variable, kind: 'value', problem }));
      continue;
    }
    values[key] = result.data;
    if (setting.secret) secrets.push(...secretsIn(result.data));
    else if (written.text !== undefined) texts[key] = written.text;
  }
  // The compiler cannot know that each key has the value of its own schema; those that are wrong are missing, and are problems.
  return { values: values as ValuesOf<S>, texts, secrets, problems };
}

/** A policy that a run carries and that this version of the program cannot use. */
class CarriedPolicyError extends OperatorError {
  override readonly name = 'CarriedPolicyError';
}

/**
 * Reads a group again from the texts that a run carries.
 *
 * @throws CarriedPolicyError when one cannot be used: the texts were right for the process that wrote them
 */
export function readTexts<S extends Settings>(prefix: string, settings: S, texts: SettingTexts): ValuesOf<S> {
  const environment = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [variableName(prefix, key), value]),
  );
  const { values, problems } = readGroup(prefix, settings, environment);
  const [problem] = problems;
  if (problem) {
    throw new CarriedPolicyError({
      problem: `The policy of this run cannot be used: ${problemLine(problem)}.`,
      advice: 'Start the run again.',
    });
  }
  return values;
}

/** The names under which a setting may stand in the environment. */
export function variableNames(variable: string, setting: Setting<unknown>): string[] {
  return setting.secret ? [variable, `${variable}_FILE`] : [variable];
}

function secretsIn(value: unknown): string[] {
  if (value instanceof Map) return [...value.values()].flatMap(secretWords);
  if (!(value instanceof URL)) return [String(value)];
  const { password } = value;
  return password ? [...new Set([password, decodeURIComponent(password)])] : [];
}

/** A header's value may be a scheme and a token. What is shorter is a number or a name, which may stand anywhere. */
function secretWords(value: string): string[] {
  return [value, ...value.split(/\s+/)].filter((word) => word.length >= 8);
}

/** The text of a variable, or of the file that stands in for it; `undefined` when it is left out. */
export function readText(
  variable: string,
  setting: Setting<unknown>,
  environment: Environment,
): { readonly text: string | undefined } | Pick<Problem, 'problem' | 'advice'> {
  // An empty variable counts as left out: that is how Compose and Kubernetes hand over what was not set.
  const written = environment[variable] || undefined;
  const text = isServiceLink(variable, written) ? undefined : written;
  if (!setting.secret) return { text };
  const path = environment[`${variable}_FILE`] || undefined;
  if (path === undefined) return secretText(text, variable);
  if (text !== undefined)
    return { problem: `is set, and so is ${variable}_FILE`, advice: 'remove one of them' };
  try {
    return secretText(readSecretFile(path), path);
  } catch (error) {
    return {
      problem: `cannot be read from ${shownPath(path) ?? `the file of ${variable}_FILE`}: ${systemErrorText(error)}`,
      advice: `correct ${variable}_FILE or the file`,
    };
  }
}
