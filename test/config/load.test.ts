import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/errors.ts';
import { loadConfig } from '../../src/config/load.ts';
import { jobPrefix } from '../../src/config/settings/job.ts';
import { problemLine } from '../../src/config/settings/problem.ts';
import { type Environment, readTexts } from '../../src/config/settings/read-group.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { jobs } from '../../src/jobs/index.ts';
import { leastEnvironment } from './environments.ts';

const now = DateTime.fromISO('2026-06-01T12:00:00Z');

function load(environment: Environment = {}): Config {
  return loadConfig({ ...leastEnvironment, ...environment }, jobs, now);
}

/** The error of a configuration that cannot be used. */
function errorOf(environment: Environment): ConfigError {
  try {
    loadConfig(environment, jobs, now);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was taken for right');
}

function variablesOf(environment: Environment): string[] {
  return errorOf(environment).problems.map(({ variable }) => variable);
}

describe('The configuration', () => {
  it('the configuration tells what is assumed because the unit of timed devices is not set, and what to do', () => {
    const assumed = (environment: Environment) =>
      jobs.flatMap(({ name }) => load(environment).jobs[name]?.assumptions ?? []).map(problemLine);
    expect(assumed({})).toEqual([
      expect.stringMatching(/^REFRESH_TIMED_DEVICES_UNIT: is not set: .*P7D.* a guess; caretaker doctor/),
    ]);
    expect(assumed({ REFRESH_TIMED_DEVICES_UNIT: 'hours' })).toEqual([]);
    expect(assumed({ REFRESH_TIMED_DEVICES_ENABLED: 'false' })).toEqual([]);
  });

  it('the configuration has the zone of the host for people, unless another is set', () => {
    const zoneAt = (zone: string, environment = {}) =>
      loadConfig({ ...leastEnvironment, ...environment }, jobs, now.setZone(zone)).timeZone;
    expect(zoneAt('Europe/Oslo')).toBe('Europe/Oslo');
    expect(zoneAt('utc')).toBe('UTC');
    expect(zoneAt('Europe/Oslo', { CARETAKER_TIME_ZONE: 'Asia/Kathmandu' })).toBe('Asia/Kathmandu');
    expect(variablesOf({ ...leastEnvironment, CARETAKER_TIME_ZONE: 'Mars/Olympus' })).toEqual([
      'CARETAKER_TIME_ZONE',
    ]);
  });

  it('the configuration is safe by default', () => {
    const config = load();
    expect(config).toMatchObject({
      mode: 'observe',
      prefix: '{caretaker}',
      logLevel: 'info',
      roster: undefined,
    });
    expect(config.redis).toMatchObject({ cluster: false, sentinels: undefined, caFile: undefined });
    expect(config.redis.url.href).toBe('redis://127.0.0.1:6379');
    expect(config.pointsharp).toMatchObject({ requestsInFlight: 2, requestsPerSecond: 20, auth: 'none' });
    expect(config.superoffice?.url.href).toBe('https://crm.example/SuperOffice/api/');
    expect(config.jobs['purge-windows']).toMatchObject({ enabled: true, timeZone: 'UTC', maxShare: 1 });
    expect(config.jobs['refresh-timed-devices']).toMatchObject({ maxShare: 0.5, maxActions: 10_000 });
    expect(Object.keys(config.jobs)).toEqual(jobs.map(({ name }) => name));
    expect(config.warnings).toEqual([]);
  });

  it('keeps the policy of each job as the job takes it, defaults included', () => {
    const config = load({ PURGE_WINDOWS_KINDS: 'waiting', REFRESH_TIMED_DEVICES_UNIT: 'days' });
    expect(config.jobs['purge-windows']?.policy).toEqual({ kinds: ['waiting'], quietHours: undefined });
    expect(config.jobs['audit-pocket']?.policy).toMatchObject({ minAppVersion: '11.0.0', maxDevices: 5 });
    for (const { name, policy } of jobs) {
      const jobConfig = config.jobs[name];
      expect(jobConfig?.policy).toEqual(readTexts(jobPrefix(name), policy, jobConfig?.policyTexts ?? {}));
    }
  });

  it('the configuration carries a policy as it was written', () => {
    const config = load({ PURGE_WINDOWS_KINDS: 'waiting', PURGE_WINDOWS_QUIET_HOURS: '22:00-05:00 UTC' });
    expect(config.jobs['purge-windows']?.policyTexts).toEqual({
      kinds: 'waiting',
      quietHours: '22:00-05:00 UTC',
    });
  });

  it('the configuration is frozen through and through', () => {
    const config = load();
    const parts = [config, config.jobs, ...Object.values(config.jobs), config.pointsharp, config.warnings];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    expect(Object.isFrozen(config.jobs['purge-windows']?.schedule)).toBe(true);
    expect(Object.isFrozen(config.jobs['purge-windows']?.policyTexts)).toBe(true);
    expect(Object.isFrozen(config.jobs['purge-windows']?.policy)).toBe(true);
  });

  it('the configuration knows every secret, so that it can be kept out of every output', () => {
    const config = load({
      REDIS_URL: 'redis://:canary-redis@host',
      SUPEROFFICE_APP_TOKEN: 'canary-app',
      SUPEROFFICE_HANDLE_KEY: 'canary-key',
    });
    expect([...config.secrets].sort()).toEqual([
      'canary-app',
      'canary-key',
      'canary-redis',
      'canary-so-password',
    ]);
  });
});

describe('A configuration that is wrong', () => {
  const wrong: Environment = {
    REDIS_URL: 'redis://user:canary-redis@host/main',
    LOG_LEVEL: 'loud',
    CARETAKER_MODE: 'dry',
    CARETAKER_PREFIX: 'a:b',
    CARETAKER_DRAIN_TIMEOUT: '25',
    CARETAKER_MOED: 'enforce',
    POINTSHARP_URL: 'https://canary-user:canary-password@id.example/api/?key=canary-query',
    POINTSHARP_AUTH: 'windows',
    POINTSHARP_HEADER_NAME: 'X Key',
    POINTSHARP_HEADER_VALUE: 'canary\nheader',
    POINTSHARP_REQUESTS_PER_SECOND: '-1',
    SUPEROFFICE_URL: 'crm.example',
    SUPEROFFICE_AUTH: 'ntlm',
    SUPEROFFICE_TOKEN: 'canary\0token',
    SUPEROFFICE_CA_FILE: '/nowhere/ca.pem',
    SUPEROFFICE_PASSWORD_FILE: '/nowhere/password',
    PURGE_WINDOWS_KINDS: 'all',
    PURGE_WINDOWS_QUIET_HOURS: 'night',
    PURGE_WINDOWS_SCHEDULE: 'nightly',
    PURGE_WINDOWS_MAX_SHARE: '50%',
    REFRESH_TIMED_DEVICES_UNIT: 'weeks',
    REFRESH_TIMED_DEVICES_MARGIN: '36h',
    REFRESH_TIMED_DEVICES_EXCLUDE: '(',
    REFRESH_TIMED_DEVICES_ENABLED: 'yes',
    AUDIT_POCKET_MIN_OS: 'ios',
    AUDIT_POCKET_MAX_DEVICES: '0',
    AUDIT_POCKET_TIME_ZONE: 'Mars/Olympus',
  };

  it('a wrong configuration names every wrong variable at once', () => {
    const expected = Object.keys(wrong).map((name) =>
      name === 'SUPEROFFICE_PASSWORD_FILE' ? 'SUPEROFFICE_PASSWORD' : name,
    );
    expect(variablesOf(wrong).sort()).toEqual(expected.sort());
  });

  it('a wrong configuration says of each variable what was expected and what was found', () => {
    const { message } = errorOf(wrong);
    expect(message).toContain('The configuration has 27 variables to correct:\n');
    expect(message).toContain('  CARETAKER_MODE: expected observe or enforce; found "dry"\n');
    expect(message).toContain('  PURGE_WINDOWS_SCHEDULE: expected a cron expression such as "15 2 * * *"');
    expect(message).toContain('  CARETAKER_MOED: is not known; did you mean CARETAKER_MODE?\n');
    expect(message).toContain('All variables: caretaker config --reference');
  });

  it('a wrong configuration shows no secret that stands in a wrong variable, neither a strange value nor one that is known', () => {
    const { message, problems } = errorOf({
      ...leastEnvironment,
      SUPEROFFICE_PASSWORD: 'sommarhus',
      SUPEROFFICE_AUTH: 'sommarhus',
      REDIS_URL: 'canary-Winter24',
      POINTSHARP_AUTH: 'canary-7T:Zx9=',
      POINTSHARP_PASSWORD_FILE: 'canary-hunter2',
    });
    expect(problems).toHaveLength(4);
    expect(message).not.toMatch(/canary|sommarhus/);
    expect(JSON.stringify(problems)).not.toMatch(/canary|sommarhus/);
  });

  it('a configuration that is wrong is told as data too: what each problem is about, and what to do', () => {
    const { problems } = errorOf({ ...wrong, REDIS_CLUSTER_NODES: 'two' });
    const of = (name: string) => problems.find(({ variable }) => variable === name);
    expect(of('CARETAKER_MODE')).toMatchObject({
      kind: 'value',
      problem: 'expected observe or enforce; found "dry"',
    });
    expect(of('CARETAKER_MODE')).not.toHaveProperty('advice');
    expect(of('CARETAKER_MOED')).toMatchObject({ kind: 'name', meant: 'CARETAKER_MODE' });
    expect(of('REDIS_CLUSTER_NODES')).toMatchObject({
      kind: 'value',
      problem: 'has no effect without REDIS_CLUSTER=true',
      advice: 'set REDIS_CLUSTER=true or remove it',
    });
  });

  it('ends a command with 2 and leads to the list of all variables', () => {
    const error = errorOf(wrong);
    expect(error).toBeInstanceOf(OperatorError);
    expect(error).toMatchObject({ exitCode: 2, advice: 'All variables: caretaker config --reference' });
    expect(error.message).toMatch(/\nAll variables: caretaker config --reference$/);
  });

  it('a wrong configuration shows no secret, not even one that is wrong or in the wrong place', () => {
    const error = errorOf(wrong);
    expect(error.message).toContain('POINTSHARP_HEADER_VALUE');
    expect(error.message).toContain('found "https://********@id.example/api/?********"');
    expect(error.message + JSON.stringify(error.problems) + error.stack).not.toContain('canary');
  });

  it('a wrong configuration is told in the singular when one variable is wrong', () => {
    expect(errorOf({ ...leastEnvironment, LOG_LEVEL: 'loud' }).message).toContain(
      'has 1 variable to correct:',
    );
  });
});

describe('A vendor', () => {
  const off = Object.fromEntries(
    jobs
      .filter(({ vendor }) => vendor === 'pointsharp')
      .map(({ name }) => [`${jobPrefix(name)}ENABLED`, 'false']),
  );

  it('a vendor may be left out when no enabled job needs it', () => {
    expect(load({ ...off, POINTSHARP_URL: '' }).pointsharp).toBeUndefined();
    const { superoffice } = loadConfig(
      { POINTSHARP_URL: 'https://id.example/api/', AUDIT_POCKET_ENABLED: 'false' },
      jobs,
      now,
    );
    expect(superoffice).toBeUndefined();
  });

  it('a vendor that no enabled job needs is checked all the same when it is set', () => {
    expect(variablesOf({ ...leastEnvironment, ...off, POINTSHARP_AUTH: 'basic' })).toEqual([
      'POINTSHARP_USERNAME',
      'POINTSHARP_PASSWORD',
    ]);
  });

  it('a vendor is missed by the jobs that need it, with the way out', () => {
    const list = new Intl.ListFormat('en');
    const needing = jobs.filter(({ vendor }) => vendor === 'pointsharp').map(({ name }) => name);
    expect(needing).toContain('purge-windows');
    const { problems } = errorOf({ ...leastEnvironment, POINTSHARP_URL: undefined });
    expect(problems).toMatchObject([
      {
        variable: 'POINTSHARP_URL',
        problem: `is missing, but ${list.format(needing)} need it`,
        advice: `set it, or set ${list.format(needing.map((name) => `${jobPrefix(name)}ENABLED=false`))}`,
      },
    ]);
  });

  it('a vendor is missed together with what signing in needs', () => {
    expect(variablesOf({})).toEqual([
      'POINTSHARP_URL',
      'SUPEROFFICE_URL',
      'SUPEROFFICE_USERNAME',
      'SUPEROFFICE_PASSWORD',
    ]);
  });

  it.each([
    ['POINTSHARP', 'none', []],
    ['POINTSHARP', 'basic', ['POINTSHARP_USERNAME', 'POINTSHARP_PASSWORD']],
    ['POINTSHARP', 'header', ['POINTSHARP_HEADER_NAME', 'POINTSHARP_HEADER_VALUE']],
    ['POINTSHARP', 'certificate', ['POINTSHARP_CERTIFICATE_FILE', 'POINTSHARP_KEY_FILE']],
    ['SUPEROFFICE', 'basic', ['SUPEROFFICE_USERNAME', 'SUPEROFFICE_PASSWORD']],
    ['SUPEROFFICE', 'bearer', ['SUPEROFFICE_TOKEN']],
    ['SUPEROFFICE', 'soticket', ['SUPEROFFICE_TOKEN']],
    ['SUPEROFFICE', 'xsrf', ['SUPEROFFICE_TOKEN', 'SUPEROFFICE_COOKIE']],
  ])('the vendor %s with auth %s needs the variables %j', (vendor, auth, needed) => {
    const environment: Environment = {
      POINTSHARP_URL: 'https://id.example/api/',
      [`${vendor}_URL`]: 'https://vendor.example/api/',
      [`${vendor}_AUTH`]: auth,
      ...(vendor === 'POINTSHARP' ? { AUDIT_POCKET_ENABLED: 'false' } : {}),
    };
    const special: Environment = { SUPEROFFICE_COOKIE: 'x=1' };
    const supplied = Object.fromEntries(
      needed.map((name) => [name, name.endsWith('_FILE') ? import.meta.filename : (special[name] ?? 'x')]),
    );
    expect(loadConfig({ ...environment, ...supplied }, jobs, now).warnings).toEqual([]);
    for (const name of needed) {
      expect(errorOf({ ...environment, ...supplied, [name]: undefined }).problems).toMatchObject([
        { variable: name, message: `is missing, but ${vendor}_AUTH=${auth} needs it` },
      ]);
    }
  });

  it('a vendor is warned about when it is reached by http over a network', () => {
    expect(load({ POINTSHARP_URL: 'http://id.example/api/' }).warnings.map(problemLine)).toEqual([
      'POINTSHARP_URL: uses http to id.example: anyone on the network path can read the credentials; use https',
    ]);
  });

  it.each(['localhost', '127.0.0.1:8080', '[::1]'])(
    'a vendor at the address %s is not warned about',
    (host) => {
      expect(load({ POINTSHARP_URL: `http://${host}/api/` }).warnings).toEqual([]);
    },
  );
});

describe('A secret with a blank around it', () => {
  it.each(['POINTSHARP_PASSWORD', 'SUPEROFFICE_PASSWORD', 'SUPEROFFICE_HANDLE_KEY'])(
    'a blank before or behind %s is warned about, once for a variable, and the secret is not shown',
    (variable) => {
      for (const text of [' canary', 'canary ']) {
        const { warnings } = load({ [variable]: text });
        expect(warnings).toMatchObject([
          { variable, problem: 'begins or ends with a blank, which is used as a part of the secret' },
        ]);
        expect(JSON.stringify(warnings)).not.toContain('canary');
      }
      expect(load({ [variable]: 'can ary' }).warnings).toEqual([]);
    },
  );

  it('a blank around a secret that is used without it is not warned about', () => {
    expect(load({ OPS_CONSOLE_SECRET: ' 0123456789abcdef ' }).warnings).toEqual([]);
  });
});

describe('A margin that does not cover the gap of its schedule', () => {
  const tooSmall = { REFRESH_TIMED_DEVICES_MARGIN: 'PT24H' };
  const mismatch = {
    variable: 'REFRESH_TIMED_DEVICES_*',
    kind: 'mismatch',
    problem:
      'MARGIN PT24H does not cover the longest gap of the schedule (P1D) and the run itself: the vendor would warn ' +
      'users between two runs',
    advice: 'set MARGIN to P1DT1H or more, or run more often',
  };

  it('a margin that does not cover the gap of its schedule is a warning in observe', () => {
    expect(load(tooSmall).warnings).toMatchObject([mismatch]);
  });

  it('a margin that does not cover the gap of its schedule is a problem in enforce', () => {
    expect(errorOf({ ...leastEnvironment, ...tooSmall, CARETAKER_MODE: 'enforce' }).problems).toMatchObject([
      mismatch,
    ]);
  });

  it('a margin that does not cover the gap of its schedule is nothing while the job is off', () => {
    const config = load({ ...tooSmall, CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_ENABLED: 'false' });
    expect(config.warnings).toEqual([]);
  });

  it('a margin has to cover the hour that a zone adds in autumn, too', () => {
    const margin = { REFRESH_TIMED_DEVICES_MARGIN: 'PT25H' };
    expect(load(margin).warnings).toEqual([]);
    expect(load({ ...margin, REFRESH_TIMED_DEVICES_TIME_ZONE: 'Europe/Stockholm' }).warnings).toHaveLength(1);
  });
});

describe('The settings of vendors and jobs together', () => {
  it('a password that comes as a file is not missed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'caretaker-load-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'password');
    writeFileSync(file, 'kanari\n');
    const environment = {
      ...leastEnvironment,
      POINTSHARP_AUTH: 'basic',
      POINTSHARP_USERNAME: 'ops',
      POINTSHARP_PASSWORD_FILE: file,
    };
    expect(loadConfig(environment, jobs, now).pointsharp?.password).toBe('kanari');
  });

  it('a vendor that one job needs is missed in the singular', () => {
    const { problems } = errorOf({
      ...leastEnvironment,
      POINTSHARP_URL: undefined,
      PURGE_WINDOWS_ENABLED: 'false',
    });
    expect(problems).toEqual([
      expect.objectContaining({
        variable: 'POINTSHARP_URL',
        problem: 'is missing, but refresh-timed-devices needs it',
      }),
    ]);
  });

  it.each([
    ['localhost', false],
    ['127.10.20.30', false],
    ['[::1]', false],
    ['localhost.example', true],
    ['my-localhost', true],
    ['[fd00::1]', true],
  ])('a vendor reached by http at %s is warned about: %s', (host, isWarned) => {
    expect(load({ POINTSHARP_URL: `http://${host}/api/` }).warnings).toHaveLength(isWarned ? 1 : 0);
  });

  it('a margin that cannot be read is told alone, and not compared with its schedule', () => {
    const environment = {
      ...leastEnvironment,
      CARETAKER_MODE: 'enforce',
      REFRESH_TIMED_DEVICES_MARGIN: '36h',
    };
    expect(variablesOf(environment)).toEqual(['REFRESH_TIMED_DEVICES_MARGIN']);
  });
});
