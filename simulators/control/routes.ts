import { z } from 'zod';
import type { Faults } from '../http/faults.ts';
import type { Worlds } from '../worlds.ts';
import { ClockBody, FactsQuery, FaultsBody, FaultsQuery, SwitchesBody } from './bodies.ts';
import { clockFacts, countEvents, worldFacts } from './facts.ts';
import { userFacts } from './user-facts.ts';

/** What the caller did wrong, with a status. */
export class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Does what a request to the control port wants (`GET /facts`) and says what to answer. Throws a ControlError. */
export function route(worlds: Worlds, wanted: string, query: unknown, body: unknown): unknown {
  switch (wanted) {
    case 'GET /facts':
      return facts(worlds, query);
    case 'GET /clock':
      return clockFacts(worlds.clock);
    case 'POST /clock':
      return moveClock(worlds, body);
    case 'GET /faults':
      return {
        pointsharp: listFaults(worlds.pointsharp.faults),
        superoffice: listFaults(worlds.superoffice.faults),
      };
    case 'POST /faults':
      return addFault(worlds, body);
    case 'DELETE /faults':
      return removeFaults(worlds, query);
    case 'GET /switches':
      return listSwitches(worlds);
    case 'POST /switches':
      return setSwitch(worlds, body);
    case 'POST /reset':
      worlds.reset();
      return clockFacts(worlds.clock);
    case 'POST /counters/reset':
      worlds.pointsharp.traffic.reset();
      worlds.superoffice.traffic.reset();
      return {};
    default:
      return oneUser(worlds, wanted);
  }
}

function facts(worlds: Worlds, query: unknown): object {
  const { ahead, only } = parse(FactsQuery, query);
  const traffic = {
    pointsharp: worlds.pointsharp.traffic.facts(),
    superoffice: worlds.superoffice.traffic.facts(),
  };
  if (only === 'traffic') return traffic;
  const { world } = worlds.pointsharp;
  const forecast = ahead === undefined ? {} : { forecast: countEvents(world, worlds.clock.now() + ahead) };
  return { ...worldFacts(world), ...forecast, ...traffic };
}

function moveClock(worlds: Worlds, body: unknown): object {
  const wanted = parse(ClockBody, body);
  try {
    if ('now' in wanted) worlds.clock.set(wanted.now);
    else if ('advance' in wanted) worlds.clock.advance(wanted.advance);
    else worlds.clock.freeze(wanted.frozen);
  } catch (error) {
    if (error instanceof RangeError) throw new ControlError(400, error.message);
    throw error;
  }
  return clockFacts(worlds.clock);
}

function listFaults(faults: Faults): object {
  return { latencyMs: faults.latencyMs, faults: faults.list() };
}

function addFault(worlds: Worlds, body: unknown): object {
  const { vendor, latencyMs, kind, ...rest } = parse(FaultsBody, body);
  const { faults, operations } = worlds[vendor];
  if (kind === undefined && (latencyMs === undefined || Object.keys(rest).length > 0)) {
    throw new ControlError(400, 'expected a kind of fault, or latencyMs alone');
  }
  if (rest.operation !== undefined) checkOperation(operations, rest.operation);
  if (latencyMs !== undefined) faults.latencyMs = latencyMs;
  return kind === undefined ? {} : { id: faults.add({ kind, ...rest }) };
}

function removeFaults(worlds: Worlds, query: unknown): object {
  const { vendor, id } = parse(FaultsQuery, query);
  if (id !== undefined && vendor === undefined)
    throw new ControlError(400, 'an id needs the vendor beside it');
  let removed = 0;
  for (const each of vendor === undefined ? (['pointsharp', 'superoffice'] as const) : [vendor]) {
    removed += worlds[each].faults.remove(id);
    if (id === undefined) worlds[each].faults.latencyMs = 0;
  }
  return { removed };
}

function listSwitches(worlds: Worlds): object {
  return {
    pointsharp: Object.fromEntries(worlds.pointsharp.switches),
    superoffice: Object.fromEntries(worlds.superoffice.switches),
  };
}

function setSwitch(worlds: Worlds, body: unknown): object {
  const { vendor, operation, status } = parse(SwitchesBody, body);
  const { switches, operations } = worlds[vendor];
  checkOperation(operations, operation);
  if (status === null) switches.delete(operation);
  else switches.set(operation, status);
  return listSwitches(worlds);
}

function checkOperation(operations: readonly string[], operation: string): void {
  if (operations.includes(operation)) return;
  throw new ControlError(
    400,
    `unknown operation ${JSON.stringify(operation)}; there are: ${operations.join(', ')}`,
  );
}

function oneUser(worlds: Worlds, wanted: string): object {
  const index = /^GET \/users\/(\d{1,7})$/.exec(wanted)?.[1];
  if (index === undefined)
    throw new ControlError(404, `${wanted} is nothing that the control port knows; see docs/simulators.md`);
  if (Number(index) >= worlds.people.users)
    throw new ControlError(404, `the world has ${worlds.people.users} users, counted from 0`);
  return userFacts(worlds, Number(index));
}

/** Reads a body or a query. Throws a ControlError that says what was expected. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ControlError(400, z.prettifyError(result.error));
}
