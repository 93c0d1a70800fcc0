import { expect, it } from 'vitest';
import { readReport } from '../../../src/queue/messages/report.ts';
import { reportUnstarted } from '../../../src/queue/run-worker/reports/report.ts';

const facts = {
  id: 'purge-windows-1',
  job: 'purge-windows',
  mode: 'observe',
  trigger: 'command',
  status: 'skipped',
  reason: null,
} as const;

it('a report comes back from Redis with why the run was asked for', () => {
  const report = reportUnstarted('pointsharp', facts, 'new phones');
  expect(report.reason).toBe('new phones');
  expect(readReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

it('a report of before reasons and holds were kept can still be read, and has neither', () => {
  const { reason: _, hold: __, ...older } = reportUnstarted('pointsharp', facts);
  expect(readReport(older)).toEqual({ ...older, reason: null, hold: null });
});
