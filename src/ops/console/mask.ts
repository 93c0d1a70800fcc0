/*
 * Bull Board shows whatever a BullMQ job holds: names of users, devices, push handles of a producer who put them in the wrong
 * place. So only what is known to name nobody is let through, and the rest is counted.
 */

/** What may be seen of the payload of a run or a request; the state of a run is not on the queue. */
export function maskRun(data: unknown): Readonly<Record<string, unknown>> {
  const { mode, users, origin } = record(data);
  const { trigger } = record(origin);
  // A run only says how many there are; a request names them.
  return plain({ mode, trigger, users: typeof users === 'number' ? users : count(users) });
}

/** What may be seen of the payload of a batch: how many it concerns. */
export function maskBatch(data: unknown): Readonly<Record<string, unknown>> {
  const { users, actions, planned } = record(data);
  return plain({
    users: count(users),
    actions: count(actions),
    plannedUsers: record(planned).users,
    plannedActions: count(record(planned).actions),
  });
}

/** What may be seen of what a run or a batch returned: its numbers. */
export function maskReturn(value: unknown): Readonly<Record<string, unknown>> | null {
  if (value === null || value === undefined) return null;
  const { run, tally, actions } = record(value);
  const { status } = record(run);
  const source = tally === undefined ? record(value) : record(tally);
  const numbers = ['unreadable', 'late', 'atRisk', 'ineffective', 'attempts', 'repeated'].map((name) => [
    name,
    source[name],
  ]);
  return plain({
    status,
    users: plain(record(source.users)),
    actions: Array.isArray(actions) && tally === undefined ? count(actions) : plain(record(source.actions)),
    ...Object.fromEntries(numbers),
  });
}

const words = /^[\w.:+-]{1,40}$/;

/** Numbers, short words such as a mode or a status, and what was masked already. */
function plain(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        typeof value === 'number' ||
        (typeof value === 'string' && words.test(value)) ||
        (typeof value === 'object' && value !== null && !Array.isArray(value)),
    ),
  );
}

function count(list: unknown): number | undefined {
  return Array.isArray(list) ? list.length : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
