import { z } from 'zod';
import type { Finding, Severity } from '../../policies/finding.ts';
import { parseText } from '../messages/parse.ts';
import { fingerprintIn, ruleIn } from './findings-keys.ts';

/** A finding as it is kept: without what its key and its place say, as there may be tens of thousands. */
const KeptFinding = z.tuple([z.array(z.int()), z.string(), z.string()]);

export function keptFinding({ associates, subject, detail }: Finding): string {
  const kept: z.input<typeof KeptFinding> = [[...associates], subject, detail];
  return JSON.stringify(kept);
}

/** A finding that is kept. One that cannot be read is not taken for none. */
export function readKeptFinding(text: string, severity: Severity, place: string): Finding {
  const fingerprint = fingerprintIn(place);
  const kept = parseText(KeptFinding, text);
  if (!kept) return unreadable(severity, fingerprint);
  const [associates, subject, detail] = kept;
  return { rule: ruleIn(place), severity, associates, subject, detail, fingerprint };
}

function unreadable(severity: Severity, fingerprint: string): Finding {
  const detail = 'Redis holds this finding in a form that cannot be read. The next audit writes it anew.';
  return { rule: 'unreadable', severity, associates: [], subject: fingerprint, detail, fingerprint };
}
