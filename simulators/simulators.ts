import { createClock } from './clock.ts';
import { serveControl } from './control/server.ts';
import {
  defaultPointsharpAuth,
  defaultSuperofficeAuth,
  type PointsharpAuth,
  type SuperofficeAuth,
  superofficeAuthorize,
} from './http/auth.ts';
import { createFaults } from './http/faults.ts';
import { dateHeader, documentedFormats } from './http/formats.ts';
import { serveVendor } from './http/server.ts';
import { createTraffic } from './http/traffic.ts';
import { createPeople } from './people/people.ts';
import type { TimeoutUnit } from './pointsharp/device-times.ts';
import { pointsharpOperations } from './pointsharp/requests.ts';
import { pointsharpApi } from './pointsharp/server.ts';
import { createPointsharpWorld } from './pointsharp/world.ts';
import { superofficeApi, superofficeOperations } from './superoffice/server.ts';
import { createSuperofficeWorld } from './superoffice/world.ts';
import type { Worlds } from './worlds.ts';

export interface SimulatorOptions {
  /** What the worlds are made from (default 1). */
  readonly seed?: number;
  /** How many users the roster has, 1 to 1,000,000 (default 2000). */
  readonly users?: number;
  /** Ports on 127.0.0.1; 0, the default, takes a free one. */
  readonly pointsharpPort?: number;
  readonly superofficePort?: number;
  readonly controlPort?: number;
  /** Where the simulated clock starts, epoch milliseconds (default: now). */
  readonly now?: number;
  /** Whether the simulated clock stands still until it is moved (default: it runs). */
  readonly frozen?: boolean;
  /** In what TimeoutConf counts (default days). */
  readonly unit?: TimeoutUnit;
  /** How many devices everybody has (default: some none, most one or two, a few up to six). */
  readonly devicesPerUser?: number;
  /** Which credentials are demanded (default none). */
  readonly pointsharpAuth?: PointsharpAuth;
  /** Default: Basic, user `caretaker`, password `simulated`. */
  readonly superofficeAuth?: SuperofficeAuth;
}

export interface Simulators extends Worlds {
  readonly control: { readonly url: string };
  close(): Promise<void>;
}

/** Starts both vendors and their control port. Rejects when a port is taken; then nothing is left running. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const { seed = 1, users = 2000, unit = 'days' } = options;
  if (!Number.isInteger(users) || users < 1 || users > 1_000_000) {
    throw new RangeError(`the simulators can have 1 to 1,000,000 users, not ${users}`);
  }
  const people = createPeople(seed, users);
  const clock = createClock(Math.floor(options.now ?? Date.now()), options.frozen);
  const closers: (() => Promise<void>)[] = [];

  async function close(): Promise<void> {
    await Promise.all(closers.splice(0).map((closeOne) => closeOne()));
  }

  try {
    const pointsharp = {
      world: createPointsharpWorld(people, clock, unit, options.devicesPerUser),
      traffic: createTraffic(users, people.persons),
      faults: createFaults(seed),
      switches: new Map<string, 403 | 405>(),
      formats: documentedFormats(),
      operations: pointsharpOperations,
    };
    const pointsharpServer = await serveVendor(
      pointsharpApi({ ...pointsharp, auth: options.pointsharpAuth ?? defaultPointsharpAuth }),
      options.pointsharpPort ?? 0,
      () => dateHeader(pointsharp.formats, clock),
    );
    closers.push(pointsharpServer.close);
    const superoffice = {
      world: createSuperofficeWorld(people),
      traffic: createTraffic(users, users),
      faults: createFaults(seed + 1),
      switches: new Map<string, 403 | 405>(),
      formats: documentedFormats(),
      operations: superofficeOperations,
    };
    const superofficeServer = await serveVendor(
      superofficeApi({
        ...superoffice,
        authorize: superofficeAuthorize(options.superofficeAuth ?? defaultSuperofficeAuth),
      }),
      options.superofficePort ?? 0,
      () => dateHeader(superoffice.formats, clock),
    );
    closers.push(superofficeServer.close);
    const core = {
      pointsharp: { ...pointsharp, url: `http://127.0.0.1:${pointsharpServer.port}/api/` },
      superoffice: { ...superoffice, url: `http://127.0.0.1:${superofficeServer.port}/SuperOffice/api/` },
      people,
      clock,
      reset() {
        pointsharp.world.reset();
        clock.reset();
      },
    };
    const control = await serveControl(core, options.controlPort ?? 0);
    closers.push(control.close);
    return { ...core, control: { url: `http://127.0.0.1:${control.port}/` }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
