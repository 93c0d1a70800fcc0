import type { Clock } from './clock.ts';
import type { Faults } from './http/faults.ts';
import type { Formats } from './http/formats.ts';
import type { Traffic } from './http/traffic.ts';
import type { People } from './people/people.ts';
import type { PointsharpWorld } from './pointsharp/world.ts';
import type { SuperofficeWorld } from './superoffice/world.ts';

/** One vendor: its world and what can be done to it. */
export interface Simulator<World> {
  /** Up to and with `/api/`. */
  readonly url: string;
  readonly world: World;
  readonly traffic: Traffic;
  readonly faults: Faults;
  /** The names of its operations, as counted, in faults and in switches: `GET Device`. */
  readonly operations: readonly string[];
  /** Operations that are switched off: 403 blocked by configuration, 405 not in this version of the API. */
  readonly switches: Map<string, 403 | 405>;
  /** How it writes what may be written in several ways. */
  readonly formats: Formats;
}

/** Both vendors and what they share: the same in-process and on the control port. */
export interface Worlds {
  readonly pointsharp: Simulator<PointsharpWorld>;
  readonly superoffice: Simulator<SuperofficeWorld>;
  readonly people: People;
  readonly clock: Clock;
  /** The worlds and the clock back to the seed state. Faults, switches and counters stay. */
  reset(): void;
}
