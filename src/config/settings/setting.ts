import type { Kind } from '../kinds/kind.ts';

/** One environment variable, declared once: how it is read, what it means, what it is when left out. */
export interface Setting<T> extends Kind<T> {
  /** One line of documentation. */
  readonly doc: string;
  /** The text used when the variable is left out; without one the variable is optional (`undefined`). */
  readonly fallback?: string;
  /** A secret is masked wherever it is shown, and may come as a file named by `NAME_FILE`. `in-url`: only its password is. */
  readonly secret?: Secrecy;
}

type Secrecy = 'whole' | 'in-url';

/** A group of settings; the variable's name is the key in upper snake case behind the group's prefix. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What a group of settings is once read. */
export type ValuesOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** The variables of a group as they were written, by key: what a run carries so that every batch of it decides alike. */
export type SettingTexts = Readonly<Record<string, string>>;

/** The name of the environment variable of a setting: (`PURGE_WINDOWS_`, `quietHours`) → `PURGE_WINDOWS_QUIET_HOURS`. */
export function variableName(prefix: string, key: string): string {
  return prefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

type Options<F extends string | undefined> = {
  readonly doc: string;
  readonly fallback?: F;
  readonly secret?: Secrecy;
};

/** Declares a setting that has a value even when its variable is left out. */
export function setting<T>(
  kind: Kind<T>,
  options: Options<string> & { readonly fallback: string },
): Setting<T>;
/** Declares a setting that may be left out. */
export function setting<T>(kind: Kind<T>, options: Options<undefined>): Setting<T | undefined>;
export function setting<T>(kind: Kind<T>, options: Options<string | undefined>): Setting<T | undefined> {
  const { fallback, ...rest } = options;
  return { ...kind, ...rest, ...(fallback === undefined ? {} : { fallback }) };
}
