import type { z } from 'zod';
import type { Answer, Call } from '../call.ts';
import { Unreadable } from '../errors/vendor-error.ts';
import { oneLine } from '../errors/vendor-message.ts';
import type { VendorTexts } from '../vendor-texts.ts';

/**
 * Checks an answer against what the vendor documents. Throws Unreadable (this user fails) with the path of what is
 * wrong and what was expected, never with the content.
 */
export function checkShape<T>(schema: z.ZodType<T>, answer: Answer, call: Call, vendor: VendorTexts): T {
  const result = schema.safeParse(answer.json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = (issue?.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  const expected = expectedBy(issue);
  throw new Unreadable(
    `${vendor.title} ${call.operation} for ${oneLine(call.subject)} failed: the answer is not as documented at ${path || 'the top level'}${expected}.`,
    'Check this user on the server, or report the new format.',
    { vendor: vendor.name, operation: call.operation, remedy: 'fail-user', status: answer.status },
  );
}

function expectedBy(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_type') return `: expected ${issue.expected}`;
  return issue?.code === 'too_big' ? `: expected at most ${issue.maximum}` : '';
}
