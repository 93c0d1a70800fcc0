import { expect, test } from 'vitest';
import { findJob, jobNames, jobs } from '../../src/jobs/index.ts';

test('the registry finds each job by its name, and none by another name', () => {
  expect(jobNames.map((name) => findJob(name))).toEqual([...jobs]);
  expect(new Set(jobNames).size).toBe(jobs.length);
  for (const name of ['', 'purge_windows', 'Purge-Windows', 'constructor'])
    expect(findJob(name)).toBeUndefined();
});
