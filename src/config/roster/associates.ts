import {
  type AssociatesValues,
  associatesPrefix,
  associatesSettings,
  type JoinRule,
} from '../settings/associates.ts';
import { createProblem, type Problem } from '../settings/problem.ts';
import { type Environment, readGroup } from '../settings/read-group.ts';
import { rosterUser } from '../vendors/vendor-checks.ts';

/** The users of SuperOffice as a source of the roster. */
export interface AssociatesConfig extends AssociatesValues {
  /** The source that says who may use devices, and how its users are compared; undefined where there is none. */
  readonly join: { readonly users: string; readonly rule: JoinRule } | undefined;
}

interface AssociatesReading {
  /** Undefined where the roster has nothing to do with SuperOffice. */
  readonly associates: AssociatesConfig | undefined;
  /** What CARETAKER_ROSTER names beside SuperOffice. */
  readonly users: string | undefined;
  readonly rule: JoinRule | undefined;
  /** What needs the connections to SuperOffice. */
  readonly usedBy: readonly string[];
  readonly problems: readonly Problem[];
}

interface RosterTexts {
  readonly roster: string | undefined;
  readonly rosterJoin: JoinRule | undefined;
}

/** Reads what CARETAKER_ROSTER wants of SuperOffice: nothing, its users, or which associates the users of another source are. */
export function readAssociates(
  { roster, rosterJoin: rule }: RosterTexts,
  environment: Environment,
): AssociatesReading {
  const { values, texts, problems } = readGroup(associatesPrefix, associatesSettings, environment);
  const [, users] = /^\s*(?:(.*\S)\s+)?superoffice:\s*$/i.exec(roster ?? '') ?? [undefined, roster];
  const isNamed = users !== roster;
  const usedBy = isNamed ? [rosterUser] : [];
  const found = problems.concat(
    !isNamed && Object.keys(texts).length > 0 ? [unused] : [],
    isMisplaced(users) ? [misplaced] : [],
    isNamed && users === '-' ? [noInput] : [],
    joinProblems(isNamed && users !== undefined, environment.CARETAKER_ROSTER_JOIN),
  );
  const isJoined = isNamed && users !== undefined && rule !== undefined;
  const join = isJoined ? { users, rule } : undefined;
  return {
    associates: isNamed ? { ...values, join } : undefined,
    users,
    rule: join?.rule,
    usedBy,
    problems: found,
  };
}

function isMisplaced(users: string | undefined): boolean {
  return /(?:^|\s)superoffice:/i.test(users ?? '');
}

function joinProblems(isJoined: boolean, rule: string | undefined): Problem[] {
  if (isJoined && !rule) return [noRule];
  return !isJoined && rule ? [uselessRule] : [];
}

const unused = createProblem({
  variable: `${associatesPrefix}*`,
  kind: 'mismatch',
  problem: 'has no effect: CARETAKER_ROSTER does not name superoffice:',
  advice: 'add superoffice: to CARETAKER_ROSTER, or remove the variables',
});

const misplaced = createProblem({
  variable: 'CARETAKER_ROSTER',
  kind: 'value',
  problem: 'has superoffice: in another place than the last, or with something behind the colon',
  advice: 'write superoffice: alone, or once behind the source that says who may use devices, with a blank',
});

const noInput = createProblem({
  variable: 'CARETAKER_ROSTER',
  kind: 'value',
  problem: 'joins standard input, which is given to one command only',
  advice: 'name a file in place of -',
});

const noRule = createProblem({
  variable: 'CARETAKER_ROSTER_JOIN',
  kind: 'value',
  problem: 'is missing, and CARETAKER_ROSTER names superoffice: behind another source',
  advice: 'set it to lower-case, strip-domain or mail',
});

const uselessRule = createProblem({
  variable: 'CARETAKER_ROSTER_JOIN',
  kind: 'mismatch',
  problem: 'has no effect: CARETAKER_ROSTER does not name superoffice: behind another source',
  advice: 'add superoffice: to CARETAKER_ROSTER, or remove the variable',
});
