import * as kind from '../kinds/index.ts';
import { setting, type ValuesOf } from './setting.ts';

/** The prefix of what describes the users of SuperOffice as a source of the roster. */
export const associatesPrefix = 'ROSTER_SUPEROFFICE_';

/** How the names of two sources are compared. */
export const joinRules = ['lower-case', 'strip-domain', 'mail'] as const;
export type JoinRule = (typeof joinRules)[number];

/** `ROSTER_SUPEROFFICE_…`: the users of SuperOffice, current and former, as its archive AllUsers has them. */
export const associatesSettings = {
  usernameColumn: setting(kind.columnName, {
    doc: 'Column of the archive AllUsers that holds the name of the user as Pointsharp ID knows it, or as the source beside it does: userName, credentialDisplayValue or personEmail.',
    fallback: 'userName',
  }),
  mailColumn: setting(kind.columnName, {
    doc: 'Column that holds the mail address, for CARETAKER_ROSTER_JOIN=mail.',
    fallback: 'personEmail',
  }),
  activeColumn: setting(kind.columnName, {
    doc: 'Column that says whether a user still works here, true or false.',
    fallback: 'isActive',
  }),
  types: setting(kind.texts, {
    doc: 'Which users count: texts of the column assocType, separated by commas, as this server writes them. Left out, all do, also external users and those of systems.',
  }),
  storage: setting(kind.text, {
    doc: 'Pointsharp storage (UserStorageName) of all of them, where SuperOffice is the only source. Left out, the server searches all storages.',
  }),
  pageSize: setting(kind.integer(2, 10_000), {
    doc: 'Rows per page.',
    fallback: '500',
  }),
};

/** The settings of SuperOffice as a source, as they were written. */
export type AssociatesValues = ValuesOf<typeof associatesSettings>;
