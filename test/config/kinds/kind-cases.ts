import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../src/config/kinds/kind.ts';

/** What a kind reads and what it refuses. */
export interface KindCases {
  readonly name: string;
  readonly of: Kind<unknown>;
  /** Texts that are right, with what they mean. */
  readonly right: readonly (readonly [text: string, value: unknown])[];
  readonly wrong: readonly string[];
}

/** The value of a text; undefined when the kind refuses it. */
export function read<T>(of: Kind<T>, text: string): T | undefined {
  const result = of.schema.safeParse(text);
  return result.success ? result.data : undefined;
}

/** Holds each kind to its cases. */
export function testKinds(all: readonly KindCases[]): void {
  describe.each(all)('A value of the kind $name', ({ of, right, wrong }) => {
    it.each(right)('is right as %j', (text, value) => {
      expect(read(of, text)).toEqual(value);
    });
    it.each(wrong)('is wrong as %j', (text) => {
      expect(read(of, text)).toBeUndefined();
    });
  });
}
