import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makePlan,
  type PlanFile,
  PlanFileError,
  readPlan,
  writePlan,
} from '../../../src/runs/plan-files/plan-file.ts';

type Content = Parameters<typeof makePlan>[0];

const content: Content = {
  job: 'refresh-timed-devices',
  address: 'https://id.example/api/',
  plannedAt: '2026-11-22T02:15:00.000Z',
  policy: { margin: 'PT36H', unit: 'days' },
  roster: { rows: 4, rejected: 1 },
  named: false,
  selected: 3,
  actions: [
    {
      user: { username: 'åsa öberg', userStorageName: 'AD' },
      subject: 'phone',
      lastUsed: Date.parse('2026-11-21T08:00:00Z'),
      deadline: 1_795_000_000_000,
      timeout: Date.parse('2026-11-25T11:06:40Z'),
    },
    { user: { username: 'a&b#c' }, subject: 'läsplatta #4', late: true },
  ],
};
const plan = makePlan(content);

const user = fc.record(
  {
    username: fc.string({ minLength: 1 }),
    userStorageName: fc.string({ minLength: 1 }),
    associateId: fc.integer({ min: 1 }),
    groups: fc.array(fc.string()),
  },
  { requiredKeys: ['username'] },
);
const action = fc.record(
  {
    user,
    subject: fc.string(),
    deadline: fc.integer({ min: -8.64e15, max: 8.64e15 }),
    late: fc.constant(true as const),
    timeout: fc.integer(),
    lastUsed: fc.integer(),
    more: fc.integer(),
  },
  { requiredKeys: ['user', 'subject', 'timeout'] },
);
const anyContent: fc.Arbitrary<Content> = fc
  .record({
    policy: fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z]{0,9}$/), fc.string()),
    rejected: fc.nat(),
    users: fc.array(user, { minLength: 1 }),
    actions: fc.option(fc.array(action), { nil: undefined }),
    named: fc.boolean(),
  })
  .map(({ policy, rejected, users, actions, named }) => ({
    ...content,
    policy,
    roster: { rows: users.length + rejected, rejected },
    named,
    selected: users.length,
    ...(actions ? { actions } : { users }),
  }));

/** The same plan with its keys in another order everywhere. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

/** Every way to change one value somewhere in a document. */
function* changes(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield [...value, 'more'];
    for (const [place, part] of value.entries())
      for (const other of changes(part)) yield value.with(place, other);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, more: 1 };
    for (const [key, part] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of changes(part)) yield { ...rest, [key]: other };
    }
  } else yield typeof value === 'number' ? value + 1 : `${value}x`;
}

describe('a plan file', () => {
  it('a plan file is read as it was written, whatever is planned', () => {
    fc.assert(
      fc.property(anyContent, (one) => {
        const made = makePlan(one);
        expect(readPlan(writePlan(made), 'p')).toEqual(made);
      }),
    );
  });

  it('a plan file has the same fingerprint whatever the order of its keys and the blanks between them', () => {
    fc.assert(
      fc.property(anyContent, (one) => {
        const made = makePlan(one);
        expect(readPlan(JSON.stringify(reversed(JSON.parse(writePlan(made)))), 'p')).toEqual(made);
      }),
    );
  });

  it('a plan file is refused after any change of its content', () => {
    let tried = 0;
    for (const other of changes(JSON.parse(writePlan(plan)))) {
      tried += 1;
      expect(() => readPlan(JSON.stringify(other), 'p'), JSON.stringify(other)).toThrow(PlanFileError);
    }
    expect(tried).toBeGreaterThan(40);
  });

  it('a plan file is refused when it was cut off anywhere', () => {
    const text = writePlan(plan).trimEnd();
    for (let end = 0; end < text.length; end += 1) {
      expect(() => readPlan(text.slice(0, end), 'p')).toThrow(/is empty|was cut off/);
    }
  });

  it.each([
    ['nothing', '', /^The plan p is empty/],
    ['nothing but blanks', ' \n\t', /^The plan p is empty/],
    ['null', 'null', /is JSON, but not a plan/],
    [
      'a version of many letters',
      JSON.stringify({ ...plan, version: 'a'.repeat(99) }),
      /has version "a{19}, but/,
    ],
    ['a text', 'username\nkari\n', /is not a complete JSON document/],
    ['another document', '{"actions": []}', /is JSON, but not a plan/],
    ['a list', '[]', /is JSON, but not a plan/],
    ['a later version', JSON.stringify({ ...plan, version: 3 }), /has version 3, but .* reads version 2/],
    ['an earlier version', JSON.stringify({ ...plan, version: 1 }), /has version 1, but .* reads version 2/],
    ['no version', JSON.stringify({ caretaker: 'plan' }), /has version undefined/],
    ['an edited plan', writePlan(plan).replace('läsplatta', 'tablet'), /was changed after it was made/],
    [
      'a plan of another shape',
      writePlan(odd({ selected: 0 })),
      /does not have the shape of a plan .*selected/,
    ],
    ['a plan with more in it', writePlan(odd({ secret: 'x' })), /does not have the shape of a plan .*secret/],
    [
      'a plan whose time is none',
      writePlan(odd({ plannedAt: 'noon' })),
      /does not have the shape of a plan .*plannedAt/,
    ],
  ])('a plan file is refused when it is %s, in one line that says what to do', (_what, text, message) => {
    expect(() => readPlan(text, 'p')).toThrow(PlanFileError);
    expect(() => readPlan(text, 'p')).toThrow(message);
    expect(() => readPlan(text, 'p')).toThrow(/^[^\n]*\. Make it again with caretaker plan\.$/);
  });
});

const kari = { username: 'kari' };
it.each<[path: string, value: string, change: Readonly<Record<string, unknown>>]>([
  ['job', 'an empty name', { job: '' }],
  ['roster.rows', 'a number below 0', { roster: { rows: -1, rejected: 0 } }],
  ['roster.rejected', 'a number below 0', { roster: { rows: 0, rejected: -1 } }],
  ['roster', 'more than two numbers', { roster: { rows: 0, rejected: 0, more: 0 } }],
  ['selected', 'a fraction', { selected: 1.5 }],
  ['named', 'a text', { named: 'yes' }],
  ['policy.unit', 'a number', { policy: { unit: 7 } }],
  ['users[0].username', 'an empty name', { users: [{ username: '' }] }],
  ['users[0].userStorageName', 'an empty name', { users: [{ ...kari, userStorageName: '' }] }],
  ['users[0].associateId', 'a number of 0', { users: [{ ...kari, associateId: 0 }] }],
  ['users[0]', 'more than a user', { users: [{ ...kari, password: 'x' }] }],
  ['actions[0].user.username', 'an empty name', { actions: [{ user: { username: '' }, subject: 'phone' }] }],
  ['actions[0].subject', 'nothing', { actions: [{ user: kari }] }],
  ['actions[0].late', 'false', { actions: [{ user: kari, subject: 'phone', late: false }] }],
])(
  'a plan file with %s being %s is refused by its shape, though its fingerprint fits',
  (path, _what, change) => {
    const read = () => readPlan(writePlan(odd(change)), 'p');
    expect(read).toThrow(/does not have the shape of a plan/);
    expect(read).toThrow(path);
  },
);

it('a plan file has its moments in ISO 8601, and they are read as they were', () => {
  const text = writePlan(plan);
  for (const moment of ['2026-11-21T08:00:00.000Z', '2026-11-18T11:06:40.000Z', '2026-11-25T11:06:40.000Z']) {
    expect(text).toContain(`"${moment}"`);
  }
  expect(text).not.toMatch(/\d{13}/);
  expect(readPlan(text, 'p').actions).toEqual(content.actions);
});

it.each([
  1_795_000_000_000,
  'soon',
  '2026-11-18',
  '2026-02-30T00:00:00.000Z',
  '2026-11-18T11:06:40.000+01:00',
])('a plan file with the moment %j is refused by its shape, though its fingerprint fits', (deadline) => {
  const { fingerprint: _, ...rest } = JSON.parse(writePlan(plan));
  const changed = { ...rest, actions: [{ user: kari, subject: 'phone', deadline }] };
  const read = () => readPlan(JSON.stringify({ ...changed, fingerprint: sha256(changed) }), 'p');
  expect(read).toThrow(/does not have the shape of a plan .*actions\[0\]\.deadline/);
});

/** SHA-256 of a document with sorted keys, without a line of the program. */
function sha256(document: unknown): string {
  const sorted = JSON.stringify(document, (_key, part) =>
    typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
  return hash('sha256', sorted, 'hex');
}

/** A plan with a fingerprint that fits and a content that does not. */
function odd(change: Readonly<Record<string, unknown>>): PlanFile {
  return makePlan({ ...content, ...change } as Content);
}

it('a file that is nested without end is no plan, and no crash', () => {
  const deep = `${'['.repeat(2e5)}${']'.repeat(2e5)}`;
  expect(() => readPlan(`{"caretaker":"plan","version":1,"job":${deep}}`, 'deep')).toThrow(PlanFileError);
});

it('a plan file keeps its fingerprint from one version of the program to the next, so that old files can be applied', () => {
  // SHA-256 of the content as JSON with sorted keys, worked out without this program.
  expect(plan.fingerprint).toBe('0c78de2647db5ef58abe458393341d253c01edb47fab2609d9278d5a298290ab');
});
