import { readFileSync } from 'node:fs';
import { maskAddress } from '../../security/mask.ts';
import { type Setting, type Settings, type SettingTexts, type ValuesOf, variableName } from './setting.ts';

/** One wrong variable and what was expected of it. */
export interface Problem {
  readonly variable: string;
  readonly message: string;
}

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
    if ('message' in written) {
      problems.push({ variable, message: written.message });
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
      const shown = setting.secret ? 'its value' : JSON.stringify(maskAddress(value).slice(0, 80));
      problems.push({ variable, message: `expected ${setting.expected}; found ${shown}` });
      continue;
    }
    values[key] = result.data;
    if (setting.secret) secrets.push(...secretsIn(result.data));
    else if (written.text !== undefined) texts[key] = written.text;
  }
  return { values: values as ValuesOf<S>, texts, secrets, problems };
}

/** Reads a group again from the texts that a run carries. The texts were right once, so a problem is an error. */
export function readTexts<S extends Settings>(prefix: string, settings: S, texts: SettingTexts): ValuesOf<S> {
  const environment = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [variableName(prefix, key), value]),
  );
  const { values, problems } = readGroup(prefix, settings, environment);
  const [problem] = problems;
  if (problem)
    throw new Error(`The policy of this run cannot be read: ${problem.variable}: ${problem.message}`);
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
): { readonly text: string | undefined } | { readonly message: string } {
  // An empty variable counts as left out: that is how Compose and Kubernetes hand over what was not set.
  const text = environment[variable] || undefined;
  const path = setting.secret ? environment[`${variable}_FILE`] || undefined : undefined;
  if (path === undefined) return { text };
  if (text !== undefined) return { message: `is set twice: also by ${variable}_FILE; leave one out` };
  try {
    return { text: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { message: `the file named by ${variable}_FILE cannot be read (${code}): ${path}` };
  }
}
