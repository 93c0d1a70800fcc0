import { plural } from '../../domain/quantities.ts';
import type { JoinCounts, Named } from '../../roster/joining/counts.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from './output.ts';

/** Prints what came of joining the sources of a roster, and whom it concerns. */
export function printJoin(context: CommandContext, join: JoinCounts): void {
  const { rule, matched, onlyUsers, onlyAssociates, ambiguousUsers, ambiguousAssociates } = join;
  printLine(context, `joined by ${rule}: ${plural(matched, 'user')} matched`);
  printNamed(context, 'only users, without an associate', onlyUsers);
  printNamed(context, 'only in SuperOffice, no users of the roster', onlyAssociates);
  const warned = style(context, 'yellow', 'ambiguous');
  printNamed(context, `${warned} users, whose associate nobody can say`, ambiguousUsers);
  printNamed(context, `${warned} associates`, ambiguousAssociates);
}

function printNamed(context: CommandContext, what: string, { count, names }: Named): void {
  if (count === 0) return;
  const more = count > names.length ? `, and ${count - names.length} more` : '';
  printLine(context, `  ${what}: ${count}: ${names.join('; ')}${more}`);
}
