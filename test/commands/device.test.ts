import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jobPrefix } from '../../src/config/settings/job.ts';
import { jobNames } from '../../src/jobs/index.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';

const users = 200;
const awkward = /[^\w.]/;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  const { traffic, faults } = endToEnd.simulators.pointsharp;
  expect(traffic.facts().violations).toEqual({ total: 0, first: [] });
  traffic.reset();
  faults.remove();
  endToEnd.simulators.reset();
});

const world = () => endToEnd.simulators.pointsharp.world;

/** A user with an awkward name and at least two devices, one of them timed and with an awkward id. */
function someone() {
  const { people } = endToEnd.simulators;
  for (let person = 0; person < users; person += 1) {
    const username = people.username(person);
    const devices = world().devices(person);
    const timed = devices.find(({ id, timeoutConf }) => awkward.test(id) && Number(timeoutConf) > 0);
    if (awkward.test(username) && devices.length > 1 && timed && !people.hasTwin(person))
      return { person, username, storage: people.storage(person), devices, timed };
  }
  throw new Error('This world has no such user.');
}

/** A user whose name stands in two storages. */
function twin() {
  const { people } = endToEnd.simulators;
  const isTwin = (user: number) => people.hasTwin(user) && world().devices(user).length > 0;
  const person = Array.from({ length: users }, (_, user) => user).find(isTwin) ?? -1;
  return {
    person,
    namesake: users + person,
    username: people.username(person),
    storage: people.storage(person),
  };
}

/** Everything that a command could change, but for what it should. */
function others(person: number) {
  const { people } = endToEnd.simulators;
  const all = [...people.all()].filter((one) => one !== person);
  return all.map((one) => [world().devices(one), world().windows(one)]);
}

describe('caretaker device list', () => {
  it('caretaker device list shows all devices of a user, and one by its id', async () => {
    const { username, devices, timed } = someone();
    const list = (...words: string[]) => endToEnd.run(['device', 'list', username, ...words]);
    const [all, one, none] = await Promise.all([
      list('--json'),
      list(timed.id, '--json'),
      list('no-such-device', '--json'),
    ]);
    expect(all).toMatchObject({ code: 0, errors: '' });
    const listed = all.json<{ id: string; state: number; timeout: string; easSyncKeyPrefix: number }[]>();
    const known = (device: (typeof listed)[number] | (typeof devices)[number]) => [
      device.id,
      device.state,
      device.easSyncKeyPrefix,
    ];
    expect(listed.map(known)).toEqual(devices.map(known));
    for (const [index, { timeout }] of devices.entries()) {
      const shown = listed[index]?.timeout ?? '';
      if (typeof timeout === 'number') expect(Date.parse(shown)).toBe(Math.floor(timeout));
      else expect(shown).toBe('never');
    }
    expect(one.json<{ id: string }[]>().map(({ id }) => id)).toEqual([timed.id]);
    expect(none).toMatchObject({ code: 0, output: '[]\n' });
  });

  it('prints the devices of a user as a table', async () => {
    const { username, devices } = someone();
    const result = await endToEnd.run(['device', 'list', username]);
    expect(result).toMatchObject({ code: 0, errors: '' });
    expect(result.output).toMatch(/^id +name +state +type +last success +times out +warned$/m);
    for (const { id } of devices) expect(result.output).toContain(`\n${id} `);
    expect(result.output).not.toContain(escapeCode);
  });

  it('caretaker device needs --storage for a name that the roster has in two storages, as the vendor does without a roster', async () => {
    const { person, username, storage } = twin();
    const rows = [storage, 'Partners'].map((userStorageName) =>
      JSON.stringify({ username, userStorageName }),
    );
    const both = { CARETAKER_ROSTER: await endToEnd.file('both.ndjson', `${rows.join('\n')}\n`) };
    const ambiguous = await endToEnd.run(['device', 'list', username], both);
    expect(ambiguous).toMatchObject({ code: 2, output: '' });
    expect(ambiguous.errors).toMatch(
      /^caretaker: The roster .* has 2 users called .*: in .*, Partners\. Say which one with --storage\.\n$/,
    );
    const unset = await endToEnd.run(['device', 'list', username], { CARETAKER_ROSTER: '' });
    expect(unset).toMatchObject({ code: 1, output: '' });
    expect(unset.errors).toMatch(/^caretaker: Pointsharp ID GET Device for .*not unique.*\n$/);
    const named = await endToEnd.run(['device', 'list', username, '--storage', storage, '--json']);
    expect(named.json<{ id: string }[]>().map(({ id }) => id)).toEqual(
      world()
        .devices(person)
        .map(({ id }) => id),
    );
  });

  it('caretaker device says how to go on with a user who is not in the roster, and shows what the vendor says then', async () => {
    const unknown = await endToEnd.run(['device', 'list', 'nobody', '--json']);
    expect(unknown).toMatchObject({ code: 2, output: '' });
    expect(unknown.errors).toMatch(
      /^caretaker: The roster .* has no user nobody\. .*--storage.*CARETAKER_ROSTER= in front\.\n$/,
    );
    for (const [words, extra] of [
      [['--storage', 'AD'], {}],
      [[], { CARETAKER_ROSTER: '' }],
    ] as const) {
      const result = await endToEnd.run(['device', 'list', 'nobody', '--json', ...words], extra);
      expect(result).toMatchObject({ code: 1, output: '' });
      expect(result.errors).toMatch(
        /^caretaker: Pointsharp ID GET Device for nobody.* failed: .*not found.*\n$/,
      );
    }
  });
});

describe('caretaker device open-window and remove-windows', () => {
  it('caretaker device opens a window and removes it with the others that wait, and only these', async () => {
    const { person, username, storage } = someone();
    const rest = others(person);
    const before = world().windows(person);
    const opened = await endToEnd.run([
      ...['device', 'open-window', username, '--storage', storage],
      ...['--minutes', '30', '--user-agent', 'Apple-iPhone*/50%', '--yes'],
    ]);
    expect(opened).toMatchObject({
      code: 0,
      output: `opened a device window of 30 minutes for user agents like Apple-iPhone*/50% for ${username} in ${storage}\n`,
    });
    const window = world().windows(person).at(-1);
    expect(window).toMatchObject({ state: 'waiting', userAgentPattern: 'Apple-iPhone*/50%' });
    expect(Number(window?.closesAtMs) - Number(window?.openedAtMs)).toBe(30 * 60_000);

    expect(await endToEnd.run(['device', 'remove-windows', username, '--waiting', '--yes'])).toMatchObject({
      code: 0,
      output: `removed the waiting device windows of ${username} in ${storage}\n`,
    });
    expect(world().windows(person)).toEqual(before.filter(({ state }) => state !== 'waiting'));
    expect(others(person)).toEqual(rest);
  });

  it('caretaker device remove-windows removes the expired windows, both kinds, or every window', async () => {
    const { people } = endToEnd.simulators;
    const states = (person: number) =>
      world()
        .windows(person)
        .map(({ state }) => state);
    const has = (person: number, state: string) => states(person).some((one) => one === state);
    const person =
      Array.from({ length: users }, (_, user) => user).find(
        (user) => has(user, 'expired') && (has(user, 'used') || has(user, 'in-use')) && !people.hasTwin(user),
      ) ?? -1;
    const words = ['device', 'remove-windows', people.username(person)];
    const left = states(person).filter((state) => state !== 'expired' && state !== 'waiting');
    const both = await endToEnd.run([...words, '--expired', '--waiting', '--json', '--yes']);
    expect(both.json()).toEqual({
      done: `removed the expired and waiting device windows of ${people.username(person)} in ${people.storage(person)}`,
    });
    expect(states(person)).toEqual(left);
    expect(await endToEnd.run([...words, '--all', '--yes'])).toMatchObject({ code: 0 });
    expect(states(person)).toEqual([]);
  });

  it('removes no window unless it is named which, and every window only when that is confirmed', async () => {
    const { person, username } = someone();
    const before = world().windows(person);
    const lines = [[], ['--all'], ['--all', '--expired', '--yes']];
    const words = ['device', 'remove-windows', username];
    for (const result of await Promise.all(lines.map((options) => endToEnd.run([...words, ...options])))) {
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toMatch(/^caretaker: .*(?:--yes|--expired, --waiting or both).*\n$/);
    }
    expect(world().windows(person)).toEqual(before);
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
  });
});

describe('caretaker device set-state', () => {
  it('sets the state of that device alone with --yes', async () => {
    const { person, username, storage, devices, timed } = someone();
    const rest = others(person);
    const result = await endToEnd.run(['device', 'set-state', username, timed.id, '-7', '--yes']);
    expect(result).toMatchObject({
      code: 0,
      output: `set state -7 on device ${timed.id} of ${username} in ${storage}\n`,
    });
    expect(world().devices(person)).toEqual(
      devices.map((device) => (device.id === timed.id ? { ...device, state: -7 } : device)),
    );
    expect(others(person)).toEqual(rest);
  });

  it('changes no state when it cannot ask for confirmation', async () => {
    const { username, timed } = someone();
    const result = await endToEnd.run(['device', 'set-state', username, timed.id, '3'], {}, 'yes\n');
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(
      /^caretaker: This command asks for confirmation.*: Set state 3 on device .*wipes the device\. Add --yes.*\n$/,
    );
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
  });
});

describe('caretaker device update-time', () => {
  it('restarts the time-out of that device alone', async () => {
    const { person, username, storage, devices, timed } = someone();
    const rest = others(person);
    const result = await endToEnd.run(['device', 'update-time', username, timed.id, '--yes']);
    expect(result).toMatchObject({
      code: 0,
      output: `restarted the time-out of device ${timed.id} of ${username} in ${storage}\n`,
    });
    for (const [index, device] of world().devices(person).entries()) {
      const before = devices[index];
      if (device.id === timed.id) expect(Number(device.timeout)).toBeGreaterThan(Number(before?.timeout));
      else expect(device).toEqual(before);
    }
    expect(others(person)).toEqual(rest);
  });

  it('caretaker device update-time shows what the vendor says about a device nobody knows, and exits 1', async () => {
    const { username } = someone();
    const result = await endToEnd.run(['device', 'update-time', username, 'no-such-device', '--yes']);
    expect(result).toMatchObject({ code: 1, output: '' });
    expect(result.errors).toContain("The device 'no-such-device' was not found");
  });
});

describe('caretaker device remove', () => {
  it('caretaker device remove removes one device by its id', async () => {
    const { person, username, storage, devices, timed } = someone();
    const rest = others(person);
    const result = await endToEnd.run(['device', 'remove', username, timed.id, '--yes']);
    expect(result).toMatchObject({
      code: 0,
      output: `removed device ${timed.id} of ${username} in ${storage}\n`,
    });
    expect(world().devices(person)).toEqual(devices.filter(({ id }) => id !== timed.id));
    expect(endToEnd.simulators.pointsharp.traffic.facts().devicesRemovedAll).toBe(0);
    expect(others(person)).toEqual(rest);
  });

  it('caretaker device remove removes every device with --all and --yes, in the storage that is named', async () => {
    const { person, username, storage } = twin();
    const rest = others(person);
    const options = ['--all', '--yes', '--storage', storage];
    expect(await endToEnd.run(['device', 'remove', username, ...options])).toMatchObject({
      code: 0,
      output: `removed every device of ${username} in ${storage}\n`,
    });
    expect(world().devices(person)).toEqual([]);
    expect(others(person)).toEqual(rest);
  });

  it('removes no device unless it is named which, and every device only when that is confirmed', async () => {
    const { person, username, devices, timed } = someone();
    const lines = [
      [],
      [timed.id, '--all', '--yes'],
      [''],
      ['', '--all', '--yes'],
      ['--all'],
      ['--all', '--yes', '--storage', ''],
    ];
    const words = ['device', 'remove', username];
    const remove = (options: string[]) => endToEnd.run([...words, ...options], {}, 'yes\n');
    for (const result of await Promise.all(lines.map(remove))) {
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toMatch(/--all|--yes|must not be empty/);
      expect(result.errors).not.toContain('    at ');
    }
    expect(world().devices(person)).toEqual(devices);
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
  });
});

describe('every write by hand', () => {
  const writes: [what: string, words: (id: string) => string[]][] = [
    ['open-window', () => ['--minutes', '5', '--user-agent', 'Apple*']],
    ['set-state', (id) => [id, '3']],
    ['update-time', (id) => [id]],
    ['remove', (id) => [id]],
    ['remove', () => ['--all']],
    ['remove-windows', () => ['--expired']],
    ['remove-windows', () => ['--waiting']],
    ['remove-windows', () => ['--all']],
  ];

  it.each(writes)(
    'caretaker device %s asks nobody without a terminal and writes nothing then, nor with --dry-run (%#)',
    async (what, words) => {
      const { person, username, storage, devices, timed } = someone();
      const before = [world().devices(person), world().windows(person)];
      const line = ['device', what, username, ...words(timed.id)];
      const refused = await endToEnd.run(line, {}, 'yes\n');
      expect(refused).toMatchObject({ code: 2, output: '' });
      expect(refused.errors).toMatch(
        /standard input is not a terminal: .* Add --yes to confirm, or --dry-run/,
      );
      expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
      const dry = await endToEnd.run([...line, '--dry-run'], { REDIS_URL: 'redis://127.0.0.1:9' });
      expect(dry).toMatchObject({ code: 0, errors: '' });
      expect(dry.output).toMatch(/^would \w+/);
      expect(dry.output).toContain(`${username} in ${storage}, who has ${devices.length} devices\n`);
      expect([world().devices(person), world().windows(person)]).toEqual(before);
    },
  );

  it('a write by hand that Redis cannot remember is not made, unless it is told to leave its trace in the log', async () => {
    const { person, username, devices, timed } = someone();
    const line = ['device', 'remove', username, timed.id, '--yes', '--by', 'kari'];
    const away = { REDIS_URL: 'redis://127.0.0.1:9' };
    const refused = await endToEnd.run(line, away);
    expect(refused).toMatchObject({ code: 2, output: '' });
    expect(refused.errors).toMatch(
      /^caretaker: Redis at .* This write was not made: it would leave no trace\. .*--without-history.*\n$/,
    );
    expect(world().devices(person)).toEqual(devices);
    const made = await endToEnd.run([...line, '--without-history'], away);
    expect(made.code).toBe(0);
    expect(world().devices(person)).toHaveLength(devices.length - 1);
    const told = made.errors
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(told).toMatchObject([
      { level: 'warn', entry: { by: 'kari', what: 'remove-device', outcome: 'begun' } },
      { level: 'warn', entry: { by: 'kari', what: 'remove-device', outcome: 'done' } },
    ]);
  });

  it('a question about a device that its user does not have says so', async () => {
    const { username, storage, devices } = someone();
    const { output } = await endToEnd.run([
      'device',
      'remove',
      username,
      'no-such-device',
      '--dry-run',
      '--json',
    ]);
    expect(JSON.parse(output)).toEqual({
      would: `remove device no-such-device of ${username} in ${storage}, who has ${devices.length} devices, none with this id`,
    });
  });
});

describe('a vendor that cannot be reached as configured', () => {
  it('a vendor that cannot be reached as configured says what to check when the connection is refused', async () => {
    const result = await endToEnd.run(['device', 'list', 'kari'], {
      POINTSHARP_URL: 'http://127.0.0.1:9/api/',
      CARETAKER_ROSTER: '',
    });
    expect(result).toMatchObject({ code: 1, output: '' });
    expect(result.errors).toMatch(/^caretaker: .*connection refused.*POINTSHARP_URL\.\n$/);
  });

  it('caretaker device names the variable of a certificate that is none, and exits 2', async () => {
    const file = await endToEnd.file('no.pem', 'this is no certificate');
    const result = await endToEnd.run(['device', 'list', 'kari'], { POINTSHARP_CA_FILE: file });
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(
      /^caretaker: POINTSHARP_CA_FILE: .* contains no certificate in PEM format.*\n$/,
    );
  });

  it('caretaker device says that Pointsharp ID is not configured, and exits 2', async () => {
    const environment = {
      ...Object.fromEntries(jobNames.map((job) => [`${jobPrefix(job)}ENABLED`, 'false'])),
      SUPEROFFICE_URL: endToEnd.simulators.superoffice.url,
      SUPEROFFICE_USERNAME: 'caretaker',
      SUPEROFFICE_PASSWORD: 'simulated',
    };
    const result = await runCaretaker(['device', 'list', 'kari'], environment);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(/^ {2}POINTSHARP_URL: is missing, but this command needs it; set it$/m);
  });
});
