/** One row of the roster: a person whose devices are looked after. */
export interface User {
  readonly username: string;
  /** The Pointsharp storage the user lives in; without it the server searches all storages for the unique user. */
  readonly userStorageName?: string;
  /** The SuperOffice associate of the user; the audit needs it. */
  readonly associateId?: number;
  /** Whether the user still works here; left out where nobody knows. */
  readonly active?: boolean;
  /** Groups of the user, as the roster writes them; left out where it names none. */
  readonly groups?: readonly string[];
}
