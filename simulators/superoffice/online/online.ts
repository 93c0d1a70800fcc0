import { type Clock, createClock } from '../../clock.ts';
import { html, json } from '../../http/answers.ts';
import { createFaults, type Faults } from '../../http/faults.ts';
import { documentedFormats } from '../../http/formats.ts';
import { serveVendor, type VendorApi } from '../../http/server.ts';
import { createTraffic, type Traffic } from '../../http/traffic.ts';
import { createPeople, type People } from '../../people/people.ts';
import { superofficeApi } from '../server.ts';
import { createSuperofficeWorld, type SuperofficeWorld } from '../world.ts';
import { type App, createIdentity, type Identity, type Lifetimes } from './identity.ts';
import { loginApi, type TenantState } from './login.ts';

export interface OnlineOptions {
  readonly app: App;
  readonly seed?: number;
  readonly users?: number;
  /** Between how many hosts the tenant can move (default 3). */
  readonly hosts?: number;
  /** Where the clock starts, epoch milliseconds; it stands still until it is moved. */
  readonly now: number;
  readonly lifetimes?: Partial<Lifetimes>;
}

/** One host of SuperOffice Online. */
export interface Host {
  /** `http://127.0.0.1:port/Cust12345/api` */
  readonly api: string;
  readonly traffic: Traffic;
  readonly faults: Faults;
  /** How many requests with a credential came while the tenant was elsewhere. */
  readonly strays: () => number;
}

/** A SuperOffice Online with one tenant. */
export interface Online {
  readonly tenant: string;
  readonly clock: Clock;
  readonly people: People;
  readonly world: SuperofficeWorld;
  readonly identity: Identity;
  /** The host that is signed in at. */
  readonly login: { readonly url: string; readonly traffic: Traffic; readonly faults: Faults };
  readonly hosts: readonly Host[];
  /** The tenant is at that host from now on, or once it has been asked so many more times. */
  moveTo(host: number, afterRequests?: number): void;
  /** The state that the tenant is in, or what is answered in place of it. */
  become(state: Partial<TenantState>): void;
  close(): Promise<void>;
}

const hour = 3_600_000;
const documented: Lifetimes = { accessTokenMs: hour, ticketMs: 6 * hour, ticketsSlide: true };

/** Starts it on free ports of 127.0.0.1. Rejects when that fails; then nothing is left running. */
export async function startSuperofficeOnline(options: OnlineOptions): Promise<Online> {
  const { app, seed = 1, users = 50, hosts: count = 3 } = options;
  const tenant = 'Cust12345';
  const clock = createClock(options.now, true);
  const people = createPeople(seed, users);
  const world = createSuperofficeWorld(people);
  const identity = createIdentity(tenant, app, clock, { ...documented, ...options.lifetimes });
  const closers: (() => Promise<void>)[] = [];
  const hosts: Host[] = [];
  let at = 0;
  let leave: { host: number; left: number } | undefined;
  let answered: Partial<TenantState> = {};
  const tenantState = (): TenantState => ({
    state: 'Running',
    isRunning: true,
    api: hosts[at]?.api ?? '',
    ...answered,
  });

  function hostApi(index: number): VendorApi & Pick<Host, 'strays'> {
    const api = superofficeApi({
      world,
      traffic: createTraffic(users, users),
      faults: createFaults(seed + index),
      authorize: identity.authorize,
      base: `/${tenant.toLowerCase()}/api/`,
      switches: new Map(),
      formats: documentedFormats(),
    });
    let strays = 0;
    return {
      ...api,
      strays: () => strays,
      turnedAway(headers) {
        if (leave && leave.left === 0) {
          at = leave.host;
          leave = undefined;
        }
        if (leave) leave.left -= 1;
        if (at !== index) {
          if (headers.authorization !== undefined) strays += 1;
          return json(421, { Error: true, ErrorMessage: 'Wrong subdomain used to access tenant' });
        }
        return tenantState().isRunning ? undefined : html(503, 'The tenant is offline for maintenance.');
      },
    };
  }

  const date = () => new Date(clock.now()).toUTCString();

  async function close(): Promise<void> {
    await Promise.all(closers.splice(0).map((closeOne) => closeOne()));
  }

  try {
    for (let index = 0; index < count; index += 1) {
      const { strays, ...api } = hostApi(index);
      const server = await serveVendor(api, 0, date);
      closers.push(server.close);
      const { traffic, faults } = api;
      hosts.push({ api: `http://127.0.0.1:${server.port}/${tenant}/api`, traffic, faults, strays });
    }
    let origin = '';
    const login = { traffic: createTraffic(users, users), faults: createFaults(seed) };
    const api = loginApi({ tenant, app, clock, identity, ...login, tenantState, origin: () => origin });
    const server = await serveVendor(api, 0, date);
    closers.push(server.close);
    origin = `http://127.0.0.1:${server.port}`;
    return {
      ...{ tenant, clock, people, world, identity, hosts, close },
      login: { ...login, url: `${origin}/` },
      moveTo(host, afterRequests = 0) {
        if (afterRequests === 0) at = host;
        else leave = { host, left: afterRequests };
      },
      become(state) {
        answered = state;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
