import { rosterUser } from '../people/roster.ts';
import { deviceToJson } from '../pointsharp/devices.ts';
import type { Worlds } from '../worlds.ts';

/** Everything both vendors hold about one user; `namesake`: who has the same name in another storage. */
export function userFacts(worlds: Worlds, index: number): object {
  const { people, pointsharp, superoffice } = worlds;
  const user = rosterUser(people, index);
  return {
    index,
    ...user,
    ...pointsharpFacts(worlds, index),
    registrations: superoffice.world.registrations(user.associateId),
    requests: {
      pointsharp: pointsharp.traffic.requestsAbout(index),
      superoffice: superoffice.traffic.requestsAbout(index),
    },
    namesake: people.hasTwin(index) ? namesake(worlds, people.users + index) : null,
  };
}

function namesake(worlds: Worlds, person: number): object {
  return {
    userStorageName: worlds.people.storage(person),
    ...pointsharpFacts(worlds, person),
    requests: { pointsharp: worlds.pointsharp.traffic.requestsAbout(person) },
  };
}

function pointsharpFacts({ pointsharp, clock }: Worlds, person: number): object {
  const nowMs = clock.now();
  return {
    windows: pointsharp.world.windows(person).map((window) => ({
      state: window.state,
      openedAt: new Date(window.openedAtMs).toISOString(),
      closesAt: new Date(window.closesAtMs).toISOString(),
      userAgentPattern: window.userAgentPattern,
    })),
    devices: pointsharp.world.devices(person).map((device) => deviceToJson(device, nowMs)),
  };
}
