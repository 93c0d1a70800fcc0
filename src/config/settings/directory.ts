import * as kind from '../kinds/index.ts';
import { setting, type ValuesOf } from './setting.ts';

/** `ROSTER_LDAP_…`: one directory of a roster. None of it is taken over from one directory to another. */
export const directorySettings = {
  base: setting(kind.text, {
    doc: 'Where the search begins, such as OU=People,DC=example,DC=com. Required for each address.',
  }),
  scope: setting(kind.oneOf('sub', 'one', 'base'), {
    doc: 'How deep it goes: sub (everything below), one (only what lies directly below), or base (that entry alone).',
    fallback: 'sub',
  }),
  filter: setting(kind.text, {
    doc: 'Which entries are users, as RFC 4515 has filters. The default is for Active Directory; for others, something like (objectClass=inetOrgPerson).',
    fallback: '(&(objectCategory=person)(objectClass=user))',
  }),
  usernameAttribute: setting(kind.attributeName, {
    doc: 'Attribute that holds the name of the user as Pointsharp ID knows it, such as sAMAccountName, userPrincipalName or mail.',
    fallback: 'sAMAccountName',
  }),
  storage: setting(kind.text, {
    doc: 'Pointsharp storage (UserStorageName) of all users of the directory. Left out, the server searches all storages.',
  }),
  associateAttribute: setting(kind.attributeName, {
    doc: 'Attribute that holds the SuperOffice associate, if there is one; audit-pocket needs it.',
  }),
  mailAttribute: setting(kind.attributeName, {
    doc: 'Attribute that holds the mail address, for CARETAKER_ROSTER_JOIN=mail. Left out, mail.',
  }),
  leaverFilter: setting(kind.text, {
    doc: 'Which of the users have left, as a filter. An account that userAccountControl disables has left in any case.',
  }),
  bindDn: setting(kind.text, {
    doc: 'Who reads the directory: a DN, or in Active Directory user@domain. Left out, nobody signs in.',
  }),
  bindPassword: setting(kind.text, { doc: 'Password of ROSTER_LDAP_BIND_DN.', secret: 'whole' }),
  startTls: setting(kind.flag, {
    doc: 'Whether a connection to an ldap:// address is encrypted before anything is sent over it. A password is never sent in clear, except to this very machine.',
    fallback: 'false',
  }),
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust in addition to those of the system.',
  }),
  pageSize: setting(kind.integer(1, 10_000), {
    doc: 'Entries per page. Active Directory allows 1000 unless it is set otherwise; larger pages take more memory and save little.',
    fallback: '200',
  }),
};

/** The prefixes of the directories, in the order of their addresses in CARETAKER_ROSTER. */
export const directoryPrefixes = ['ROSTER_LDAP_', 'ROSTER_LDAP_2_', 'ROSTER_LDAP_3_'] as const;

/** The settings of one directory, as they were written. */
export type DirectoryValues = ValuesOf<typeof directorySettings>;
