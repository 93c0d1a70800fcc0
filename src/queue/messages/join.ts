import { z } from 'zod';
import { joinRules } from '../../config/settings/associates.ts';
import type { JoinCounts } from '../../roster/joining/counts.ts';

const Named = z.object({ count: z.int().min(0), names: z.array(z.string()).readonly() });

/** What came of joining the sources of a roster, as it is kept in Redis. */
export const KeptJoin = z.object({
  rule: z.enum(joinRules),
  matched: z.int().min(0),
  onlyUsers: Named,
  onlyAssociates: Named,
  ambiguousUsers: Named,
  ambiguousAssociates: Named,
}) satisfies z.ZodType<JoinCounts>;
