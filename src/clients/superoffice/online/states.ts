/** What is to be made of a state: the tenant can be asked, can be asked later, or a person has to see to it. */
export type Meaning = 'running' | 'later' | 'person';

/** A state of a tenant. */
interface State {
  readonly number: number;
  readonly name: string;
  readonly meaning: Meaning;
  /** For people, as the end of a sentence. */
  readonly words: string;
}

/**
 * The states of a tenant by their numbers, as the vendor lists them (docs.superoffice.com, *Check tenant status*). Its
 * interface answers with the name.
 */
const states: readonly State[] = [
  {
    number: 0,
    name: 'Unknown',
    meaning: 'later',
    words: 'SuperOffice has an incident, or does not know it (check SUPEROFFICE_TENANT)',
  },
  { number: 1, name: 'Provisioning', meaning: 'later', words: 'it is being set up' },
  { number: 2, name: 'Running', meaning: 'running', words: 'it is running' },
  { number: 3, name: 'Deleted', meaning: 'person', words: 'it has been deleted' },
  { number: 4, name: 'Suspended', meaning: 'person', words: 'its subscription is ending' },
  { number: 5, name: 'OnlineMaintenance', meaning: 'running', words: 'it is maintained while it runs' },
  { number: 6, name: 'OfflineMaintenance', meaning: 'later', words: 'it is offline for maintenance' },
  { number: 8, name: 'ProvisioningFailed', meaning: 'person', words: 'it could not be set up' },
  { number: 10, name: 'Deleting', meaning: 'person', words: 'it is being deleted' },
  { number: 11, name: 'DeleteFailed', meaning: 'person', words: 'it is to be deleted' },
  { number: 12, name: 'MigrationPending', meaning: 'person', words: 'it has not been moved to Online yet' },
];

/**
 * What a state means. One that the vendor does not list yet means what `isRunning` says: nobody guesses that a tenant is
 * gone.
 *
 * @param written its name or its number
 */
export function meaningOf(
  written: string | number,
  isRunning: boolean | undefined,
): Pick<State, 'meaning'> & { readonly description: string } {
  const state = states.find(({ number, name }) => String(number) === String(written) || name === written);
  if (!state) {
    const meaning = isRunning ? 'running' : 'later';
    return { meaning, description: `${written}, a state that this program does not know` };
  }
  const { name, number, words } = state;
  const isDown = state.meaning === 'running' && isRunning === false;
  return {
    meaning: isDown ? 'later' : state.meaning,
    description: `${name} (${number}): ${isDown ? 'but it is not running' : words}`,
  };
}
