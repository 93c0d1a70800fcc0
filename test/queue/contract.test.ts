import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { queueContract } from '../../src/queue/contract.ts';

it('the queue contract is what docs/queue-contract.md says; mend it with: npm run docs', () => {
  const page = readFileSync(new URL('../../docs/queue-contract.md', import.meta.url), 'utf8');
  expect(page).toBe(queueContract());
});
