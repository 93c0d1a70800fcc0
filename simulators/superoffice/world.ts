import type { People } from '../people/people.ts';
import { type Archive, createArchive } from './archive.ts';
import { type Registration, seededRegistrations } from './registrations.ts';

/** The state of a simulated SuperOffice: it is only ever read, so it is the seed, and what a test makes of its users. */
export interface SuperofficeWorld {
  readonly people: People;
  readonly archive: Archive;
  /** The registrations of an associate; none for an id that nobody has. */
  registrations(associateId: number): readonly Registration[];
}

export function createSuperofficeWorld(people: People): SuperofficeWorld {
  return {
    people,
    archive: createArchive(people),
    registrations(associateId) {
      const index = people.indexOfAssociate(associateId);
      // Nobody knows what the real one answers for an unknown associate. An empty array is the answer that is hardest
      // to tell from the truth, so it is the one to live with.
      return index < 0 ? [] : seededRegistrations(people.seed, index);
    },
  };
}
