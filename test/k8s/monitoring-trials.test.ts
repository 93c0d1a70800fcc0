import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { alertCases } from './alert-cases.ts';
import { readRules } from './alerts.ts';
import { findPromtool, howToGetPromtool } from './promtool.ts';

const rules = readRules();

describe('The trials of the rules', () => {
  it('the trials of the rules let every alert fire once at least', () => {
    const fired = new Set(alertCases.flatMap(([, , , fires]) => fires));
    const alerts = rules.groups.flatMap((group) => group.rules).map(({ alert }) => alert);
    expect([...fired].sort()).toEqual([...alerts].sort());
  });

  it('the trials of the rules tell what to type where promtool is missing', () => {
    const script = fileURLToPath(new URL('ensure-promtool.ts', import.meta.url));
    const ensure = (PROMTOOL: string) => {
      const { status, stderr } = spawnSync(process.execPath, [script], {
        encoding: 'utf8',
        env: { PROMTOOL },
      });
      return { status, stderr };
    };
    expect(ensure(process.execPath)).toEqual({ status: 0, stderr: '' });
    expect(ensure('/nowhere/promtool')).toEqual({ status: 1, stderr: `${howToGetPromtool}\n` });
    expect(findPromtool({ PATH: '/nowhere' }, [])).toBeUndefined();
  });
});
