import type { DateTime } from 'luxon';
import { usersOfSuperoffice } from '../../../clients/superoffice/users-source.ts';
import { openVendorClients } from '../../../clients/vendors.ts';
import type { Config } from '../../../config/config.ts';
import { plural } from '../../../domain/quantities.ts';
import { createLocalBudget } from '../../../queue/vendors/local-budget.ts';
import type { JoinCounts, Named } from '../../../roster/joining/counts.ts';
import { type Line, linesOf } from '../check.ts';

const { ok, warn, notChecked } = linesOf('roster');

/** How many names of a kind are shown. */
const namesShown = 3;

/** SuperOffice as a source of the roster, with connections of its own; undefined where it is none. */
export function openArchive({ associates, superoffice, retryDelay }: Config, now: DateTime) {
  if (!associates || !superoffice) return undefined;
  const budget = createLocalBudget(superoffice.requestsPerSecond);
  const clients = openVendorClients({ pointsharp: undefined, superoffice }, () => ({
    now: () => now,
    ...(budget ? { beforeRequest: budget } : {}),
  }));
  return {
    settings: associates,
    address: superoffice.url.href,
    read: usersOfSuperoffice((meter) => clients.readers(meter).superoffice(), retryDelay.toMillis()),
    now,
    close: clients.destroy,
  };
}

/** What came of joining the sources of the roster. */
export function joinLines(join: JoinCounts | undefined, isPart = false): Line[] {
  if (!join) return [];
  if (isPart) {
    const seen = `${plural(join.matched, 'user')} matched by ${join.rule} in the parts that were seen`;
    return [notChecked('join', `${seen}, and there is more: caretaker roster check reads all of it`)];
  }
  const { rule, matched, onlyUsers, onlyAssociates, ambiguousUsers, ambiguousAssociates } = join;
  const found = `${plural(matched, 'user')} matched by ${rule}, ${onlyUsers.count} only in the first source, ${onlyAssociates.count} only in SuperOffice`;
  if (ambiguousUsers.count === 0) return [ok('join', found)];
  return [
    warn(
      'join',
      `${found}; ambiguous: ${shown(ambiguousUsers)} for ${shown(ambiguousAssociates)}`,
      'Give each of them a name of its own on both sides: audit-pocket leaves them out until then.',
    ),
  ];
}

function shown({ count, names }: Named): string {
  const more = count > namesShown ? ` and ${count - namesShown} more` : '';
  return `${names.slice(0, namesShown).join('; ')}${more}`;
}
