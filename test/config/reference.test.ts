import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as kind from '../../src/config/kinds/index.ts';
import { configurationReference, effectiveConfiguration } from '../../src/config/reference.ts';
import { allVariables } from '../../src/config/settings/all.ts';
import { setting } from '../../src/config/settings/setting.ts';
import { jobs } from '../../src/jobs/index.ts';
import { leastEnvironment } from './environments.ts';

describe('The reference page', () => {
  it('the reference page is the one in docs/configuration.md', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    expect(page === configurationReference(jobs), 'docs/configuration.md is stale; run: npm run docs').toBe(
      true,
    );
  });

  it('the reference page has one row for each variable, with its default, what is expected and its meaning', () => {
    const page = configurationReference(jobs);
    for (const [variable, { expected, doc, fallback }] of allVariables(jobs)) {
      const rows = page.split('\n').filter((line) => line.startsWith(`| \`${variable}\` |`));
      expect(rows, variable).toHaveLength(1);
      for (const part of [expected, doc, fallback ?? '']) expect(rows[0]).toContain(part);
    }
  });

  it('the reference page marks secrets and names their files', () => {
    const rows = configurationReference(jobs).split('\n');
    expect(rows.find((row) => row.startsWith('| `POINTSHARP_PASSWORD` '))).toContain(
      '**Secret**; also `POINTSHARP_PASSWORD_FILE`.',
    );
    expect(rows.find((row) => row.startsWith('| `REDIS_URL` '))).toContain('also `REDIS_URL_FILE`');
    expect(rows.find((row) => row.startsWith('| `POINTSHARP_USERNAME` '))).not.toContain('_FILE');
  });

  it('the reference page holds tables whose rows all have four cells', () => {
    const rows = configurationReference(jobs)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows.every((row) => row.replaceAll('\\|', '').split('|').length === 6)).toBe(true);
  });

  it('the reference page begins with the ten variables that matter first, all of them in the tables below', () => {
    const [, ten = ''] = configurationReference(jobs).split('\n## ');
    const named = [...ten.matchAll(/^1\. \[`(\w+)`\]/gm)].map(([, name]) => name);
    expect(named).toHaveLength(10);
    expect(allVariables(jobs).map(([name]) => name)).toEqual(expect.arrayContaining(named));
  });

  it('the reference page documents every variable of a job', () => {
    const names = allVariables(jobs).map(([name]) => name);
    for (const prefix of ['PURGE_WINDOWS', 'REFRESH_TIMED_DEVICES', 'AUDIT_POCKET']) {
      for (const key of ['ENABLED', 'SCHEDULE', 'TIME_ZONE', 'BATCH_SIZE', 'MAX_ACTIONS', 'MAX_SHARE']) {
        expect(names).toContain(`${prefix}_${key}`);
      }
    }
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('The effective configuration', () => {
  function rowOf(variable: string, environment: Readonly<Record<string, string>>) {
    return effectiveConfiguration(environment, jobs).find((row) => row.variable === variable);
  }

  it.each([
    ['CARETAKER_MODE', { CARETAKER_MODE: 'enforce' }, 'enforce', 'environment'],
    ['CARETAKER_MODE', {}, 'observe', 'default'],
    ['CARETAKER_MODE', { CARETAKER_MODE: '' }, 'observe', 'default'],
    ['CARETAKER_ROSTER', {}, '', 'not set'],
    ['POINTSHARP_PASSWORD', {}, '', 'not set'],
    ['POINTSHARP_PASSWORD', { POINTSHARP_PASSWORD: 'canary' }, '********', 'environment'],
    ['REDIS_URL', {}, 'redis://127.0.0.1:6379', 'default'],
    ['REDIS_URL', { REDIS_URL: 'redis://u:canary@h:1/2' }, 'redis://u:********@h:1/2', 'environment'],
    ['REDIS_URL', { REDIS_URL: 'rediss://:can%40ary@h' }, 'rediss://:********@h', 'environment'],
    ['REDIS_URL', { REDIS_URL: 'unix://u:canary@/r.sock' }, 'unix://u:********@/r.sock', 'environment'],
    ['REDIS_URL', { REDIS_URL: 'unix:///r.sock?db=1' }, 'unix:///r.sock?db=1', 'environment'],
    ['REDIS_URL', { REDIS_URL: 'redis:u:canary@h' }, '********', 'environment'],
    [
      'POINTSHARP_URL',
      { POINTSHARP_URL: 'https://u:canary@h/api/' },
      'https://********@h/api/',
      'environment',
    ],
  ])('the effective configuration shows %s of %j as %j from %s', (variable, environment, value, source) => {
    expect(rowOf(variable, environment)).toEqual({ variable, value, source });
  });

  it('the effective configuration tells what comes from a file, and masks it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'caretaker-reference-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'secret');
    writeFileSync(path, 'redis://:canary@h\n');
    const environment = { POINTSHARP_PASSWORD_FILE: path, REDIS_URL_FILE: path };
    expect(rowOf('POINTSHARP_PASSWORD', environment)).toMatchObject({ value: '********', source: 'file' });
    expect(rowOf('REDIS_URL', environment)).toMatchObject({ value: 'redis://:********@h', source: 'file' });
    expect(rowOf('REDIS_URL', { REDIS_URL_FILE: join(folder, 'nowhere') })).toMatchObject({
      value: '********',
      source: 'file',
    });
  });

  it('the effective configuration has a row for every variable, in the order of the page, and no secret in any', () => {
    const rows = effectiveConfiguration(leastEnvironment, jobs);
    expect(rows.map(({ variable }) => variable)).toEqual(allVariables(jobs).map(([name]) => name));
    expect(JSON.stringify(rows)).not.toContain('canary-');
  });
});

it('the reference page keeps a bar in a text from ending its cell', () => {
  const [job] = jobs;
  if (!job) throw new Error('there is no job');
  const policy = { pattern: setting(kind.text, { doc: 'One of a|b.' }) };
  expect(configurationReference([{ ...job, policy }])).toContain(' One of a\\|b. |');
});
