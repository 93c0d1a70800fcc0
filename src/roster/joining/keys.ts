import type { JoinRule } from '../../config/settings/associates.ts';
import { fold } from '../fold.ts';
import type { RosterUser } from '../rows.ts';

/** What a user is compared by; empty where there is nothing to compare. */
export function keyOf({ user, mail = '' }: RosterUser, rule: JoinRule): string {
  if (rule === 'mail') return fold(mail);
  return rule === 'lower-case' ? fold(user.username) : withoutDomain(fold(user.username));
}

/** `CORP\anna` and `anna@corp.example` are anna: no name of Active Directory has `\` or `@` in it. */
function withoutDomain(name: string): string {
  const bare = name.slice(name.indexOf('\\') + 1);
  const at = bare.lastIndexOf('@');
  return at > 0 ? bare.slice(0, at) : bare;
}
