import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../src/commands/program/program.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { openStreams } from './streams.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
  await endToEnd.run(['pause', 'superoffice', '--note', 'their server moves tonight', '--by', 'kari']);
  const [name = ''] = [endToEnd.simulators.people.username(1)];
  const why = ['--reason', 'the phone was lost', '--by', 'ola'];
  await endToEnd.run(['device', 'remove-windows', name, '--expired', '--yes', ...why]);
  await endToEnd.run(['trigger', 'refresh-timed-devices', '--requested-by', 'kari']);
});
afterAll(() => endToEnd.close());

/** What a terminal of 80 columns shows of a command. */
async function shown(...words: readonly string[]): Promise<readonly string[]> {
  const { context, output } = openStreams(true, { ...endToEnd.environment, NO_COLOR: '1' });
  expect(await runProgram(context, '0.0.0', words)).toBe(0);
  return output().split('\n');
}

it('caretaker schedules shows each date in one piece on a terminal of 80 columns', async () => {
  const lines = await shown('schedules');
  const date = String.raw`\d\d-\d\d \d\d:\d\d`;
  for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket'])
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${job} +.* missing +nothing +${date}$`)));
  const table = lines.slice(0, 10);
  expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

it('caretaker history shows each act in one line on a terminal of 80 columns, and below it from where and why', async () => {
  const lines = await shown('history');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  const date = String.raw`^\d\d-\d\d \d\d:\d\d`;
  expect(lines).toContainEqual(
    expect.stringMatching(new RegExp(`${date} +kari +pause +superoffice +paused$`)),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(new RegExp(`${date} +ola +remove-expired-windows +\\S.* done$`)),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(new RegExp(`${date} +kari +trigger .*refresh-timed-devices .*queued$`)),
  );
});

it('caretaker runs --status queued lists a run that nobody has taken up yet, and --status running does not', async () => {
  const [head, queued] = await shown('runs', '--status', 'queued');
  expect(head).toMatch(/^run +job +status/);
  expect(queued).toMatch(/^\S+ +refresh-timed-devices +queued/);
  expect(await shown('runs', '--status', 'queued', '--since', 'PT1H')).toContain(queued);
  expect(await shown('runs', '--status', 'running')).toContain('no such runs');
});
