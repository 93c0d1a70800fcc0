import { encodingDoubt, type Understood, understoodText } from '../../../roster/formats/understood.ts';
import { type Line, linesOf } from '../check.ts';

const { ok, warn, fail } = linesOf('roster');

/** How many rows of a kind are shown. */
const rowsShown = 3;

/** How many rows of a roster say what. */
interface Counts {
  readonly users: number;
  readonly rejected: number;
  readonly withStorage: number;
  readonly withAssociate: number;
  /** Of those, who the roster says have left. */
  readonly departed: number;
}

/** How it is read. */
export function formatLine(understood: Understood): Line {
  const doubt = encodingDoubt(understood);
  const found = understoodText(understood);
  if (doubt === undefined) return ok('format', found);
  return warn(
    'format',
    `${found}: ${doubt}`,
    'Compare the names that caretaker roster check shows, and save the roster as UTF-8.',
  );
}

/** Whether there is anybody. */
export function usersLine({ users, rejected }: Counts, path: string, isPart = false): Line {
  if (users > 0 && isPart)
    return ok(
      'users',
      `the first ${users} in ${path}, which has more: caretaker roster check reads all of it`,
    );
  if (users > 0) return ok('users', `${users} in ${path}`);
  return fail(
    'users',
    `${path} contains no user (${rejected} rows rejected), so every run stops`,
    'Check what writes the file. Its first line must name the columns, and username is one of them.',
  );
}

/** Rows that no job can use. */
export function rejectedLines({ users, rejected }: Counts, rejections: Sample): Line[] {
  if (rejected === 0) return [];
  const found = `${rejected} of ${users + rejected} rejected: ${rejections.shown()}`;
  return [warn('rows', found, 'Correct these lines in the roster, or what writes it.')];
}

/** Users that people would take for one. */
export function alikeLines(alike: Sample): Line[] {
  if (alike.count() === 0) return [];
  return [
    warn(
      'look-alikes',
      `${alike.count()} users differ from others only in case, outer blanks or invisible characters: ${alike.shown()}`,
      'If they are the same people, keep one row of each: the vendors are asked about every row.',
    ),
  ];
}

/** Rows that only the audit cannot use. */
export function associateLines(associates: Sample): Line[] {
  if (associates.count() === 0) return [];
  return [
    warn(
      'associates',
      `audit-pocket rejects ${associates.count()} rows that the other jobs take: ${associates.shown()}`,
      'Correct these lines in the roster, or what writes it.',
    ),
  ];
}

/** Rows of one kind: how many, and the first of them. */
interface Sample {
  add(text: string): void;
  count(): number;
  shown(): string;
}

/** Collects rows of one kind. */
export function createSample(): Sample {
  const first: string[] = [];
  let count = 0;
  return {
    add(text) {
      count += 1;
      if (first.length < rowsShown) first.push(text);
    },
    count: () => count,
    shown: () => `${first.join('; ')}${count > first.length ? '; …' : ''}`,
  };
}

/** What the rows leave out. */
export function fieldLines(
  { users, withStorage, withAssociate, departed }: Counts,
  isAudited: boolean,
): Line[] {
  if (users === 0) return [];
  const left = departed === 0 ? '' : `, ${departed} who have left`;
  const found = `${users - withStorage} users without userStorageName, ${users - withAssociate} without associateId${left}`;
  if (isAudited && withAssociate === 0) {
    return [
      warn(
        'fields',
        found,
        'Add the column associateId, which audit-pocket needs, or set AUDIT_POCKET_ENABLED=false.',
      ),
    ];
  }
  return [ok('fields', found)];
}

/** Groups that a policy names and nobody has. */
export function groupLines(missing: readonly string[]): Line[] {
  if (missing.length === 0) return [];
  return [
    warn(
      'groups',
      `no user is in ${missing.join(', ')}, which a policy names, so every run in enforce is held`,
      'Correct the name in the variable that ends with GROUPS, or remove it if nobody is in the group any more.',
    ),
  ];
}
