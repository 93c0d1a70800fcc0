import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

let endToEnd: EndToEnd;
/** Nobody's user: its row is in the roster, and the vendor does not know it. */
let rosterWithFailures: string;

const cronJobs = { CARETAKER_FAIL_ON: 'failed,held,stopped' };
const tooMuch = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_MAX_ACTIONS: '1' };

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 30 });
  rosterWithFailures = await endToEnd.file('one.csv', 'username\r\nnobody-knows-this-user\r\n,no name\r\n');
});
afterAll(() => endToEnd.close());

/** Runs a job under a prefix of its own, since a held run is in the way of the next. */
async function run(job: string, extra: Record<string, string>) {
  const prefix = `{${Object.values(extra).join('-').replaceAll(/\W/g, '')}}`;
  const { code, json, errors } = await endToEnd.run(['run', job, '--json'], {
    CARETAKER_PREFIX: prefix,
    ...extra,
  });
  expect(errors).not.toContain('CARETAKER_FAIL_ON');
  return { code, status: json<Report>().run.status };
}

it.each([
  ['completed with failures', {}, 1, 0],
  ['held', { ...tooMuch, PURGE_WINDOWS_HOLD_ON: 'max-actions' }, 3, 3],
  ['stopped', { ...tooMuch, PURGE_WINDOWS_HOLD_ON: 'growth' }, 4, 4],
])(
  'a run that is %s exits with the code that CARETAKER_FAIL_ON asks for',
  async (_what, extra, unset, cronJob) => {
    const roster: Record<string, string> = unset === 1 ? { CARETAKER_ROSTER: rosterWithFailures } : {};
    const [plain, counted, ignored] = [
      await run('purge-windows', { ...extra, ...roster }),
      await run('purge-windows', { ...extra, ...roster, ...cronJobs }),
      await run('purge-windows', { ...extra, ...roster, CARETAKER_FAIL_ON: 'skipped' }),
    ];
    expect([plain, counted, ignored].map(({ code }) => code)).toEqual([unset, cronJob, 0]);
    expect(new Set([plain, counted, ignored].map(({ status }) => status)).size).toBe(1);
  },
);

it('an audit exits with 1 for findings of the severity that CARETAKER_FAIL_ON names', async () => {
  const { code, status } = await run('audit-pocket', { CARETAKER_FAIL_ON: 'failed,finding:high' });
  expect({ code, status }).toEqual({ code: 1, status: 'completed' });
  expect((await run('audit-pocket', cronJobs)).code).toBe(0);
});

it('a word that CARETAKER_FAIL_ON does not have is a wrong configuration, and the right ones are named', async () => {
  const { code, errors } = await endToEnd.run(['run', 'audit-pocket'], { CARETAKER_FAIL_ON: 'failed,hold' });
  expect(code).toBe(2);
  expect(errors).toContain('CARETAKER_FAIL_ON: expected one or more of failures, failed, held, stopped');
  expect(errors).toContain('finding:high');
});
