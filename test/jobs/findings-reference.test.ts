import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findingsReference } from '../../src/jobs/findings-reference.ts';

it('the page of all rules is what docs/findings.md says; mend it with: npm run docs', () => {
  const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
  expect(page).toBe(findingsReference());
});
