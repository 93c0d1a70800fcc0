import { DateTime } from 'luxon';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { rosterUser } from '../../simulators/roster.ts';
import { decideTimedDevice, refreshTimedDevicesSettings } from '../../src/policies/refresh-timed-devices.ts';
import { openTrial, type Trial } from '../support/trial.ts';
import { escapeCode } from './streams.ts';

interface Explained {
  readonly user: { readonly username: string; readonly userStorageName?: string };
  readonly job: string;
  readonly reasoning?: readonly {
    readonly subject: string;
    readonly verdict: string;
    readonly because: readonly string[];
  }[];
  readonly failed?: string;
}
