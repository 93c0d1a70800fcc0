import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/errors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { leastEnvironment } from '../environments.ts';

describe('The settings of probes, metrics and console', () => {
  it('the settings of probes, metrics and console open no port of themselves', () => {
    const { ops } = loadConfig(leastEnvironment, [], DateTime.utc(2026));
    expect(ops).toEqual({
      port: undefined,
      host: '0.0.0.0',
      consoleSecret: undefined,
      queuesWritable: false,
    });
  });

  it('the settings of the console refuse a secret that can be guessed, without showing it', () => {
    const load = () =>
      loadConfig({ ...leastEnvironment, OPS_CONSOLE_SECRET: 'secret123' }, [], DateTime.utc(2026));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/OPS_CONSOLE_SECRET.*16 characters/);
    expect(load).not.toThrow(/secret123/);
  });
});
