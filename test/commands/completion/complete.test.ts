import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/runs/report.ts';
import { runCaretaker } from '../../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

/** What is offered at the end of a line. */
async function offered(line: string, environment: Readonly<Record<string, string>> = {}) {
  const { code, output, errors } = await runCaretaker(['complete', `caretaker ${line}`], environment);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const [kind, ...lines] = output.trimEnd().split('\n');
  return { files: kind === 'files', words: lines.map((one) => one.split('\t')[0]) };
}

const jobs = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'];

describe('the Tab key', () => {
  it.each([
    ['pau', ['pause']],
    ['device re', ['remove', 'remove-windows']],
    ['run ', jobs],
    ['run purge-windows ', []],
    ['trigger re', ['refresh-timed-devices']],
    ['plan ', ['make', 'show', 'help', ...jobs]],
    ['plan make a', ['audit-pocket']],
    ['plan purge-windows --o', ['--out']],
    ['pause ', [...jobs, 'pointsharp', 'superoffice']],
    ['run purge-windows --m', ['--mode']],
    ['run purge-windows --mode ', ['observe', 'enforce']],
    ['run purge-windows --mode enforce --j', ['--json']],
    ['run --json pu', ['purge-windows']],
    ['run --reason "two words" pu', ['purge-windows']],
    ["run --reason 'it is' pu", ['purge-windows']],
    ['run --reason two\\ words pu', ['purge-windows']],
    ['run --user kari ol', []],
    ['run --user kari ola --reason x pu', ['purge-windows']],
    ['explain ', []],
    ['explain kari --time-zone Europe/Stock', ['Europe/Stockholm']],
    ['findings --severity ', ['high', 'medium', 'low']],
    ['runs --l', ['--limit']],
    ['runs --cou', ['--count']],
    ['runs --job a', ['audit-pocket']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['complet', ['completion']],
    ['nonsense ', []],
    ['run $(exit', []],
  ])('the Tab key behind "caretaker %s" offers %j and no files', async (line, words) => {
    expect(await offered(line)).toEqual({ files: false, words });
  });

  it.each(['apply ', 'plan show some', 'roster check ', 'plan purge-windows --out '])(
    'the Tab key behind "caretaker %s" offers files',
    async (line) => {
      expect(await offered(line)).toEqual({ files: true, words: [] });
    },
  );

  it('the Tab key offers every command with what it does, and none that is hidden', async () => {
    const { output } = await runCaretaker(['complete', 'caretaker '], {});
    expect(output).toContain('\nrun\tstart a run, work on it to its end, print its report\n');
    expect(output).not.toContain('\ncomplete\t');
  });

  it('the Tab key offers nothing, and no error, where Redis or the configuration is wrong', async () => {
    expect(await offered('runs ', { REDIS_URL: 'redis://127.0.0.1:9' })).toEqual({ files: false, words: [] });
    expect(await offered('runs ', { CARETAKER_MODE: 'perhaps' })).toEqual({ files: false, words: [] });
  });
});

describe('the Tab key on runs', () => {
  let endToEnd: EndToEnd;
  beforeAll(async () => {
    endToEnd = await openEndToEnd({ users: 10 });
  });
  afterAll(() => endToEnd.close());

  it('the Tab key offers the runs that a command is for', async () => {
    const environment = { REDIS_URL: endToEnd.redis.url };
    const done = await endToEnd.run(['run', 'refresh-timed-devices', '--json']);
    const held = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], {
      PURGE_WINDOWS_MAX_ACTIONS: '1',
      PURGE_WINDOWS_HOLD_ON: 'max-actions',
    });
    const [first, second] = [done, held].map((result) => result.json<Report>().run.id);
    expect((await offered('runs ', environment)).words).toEqual(['latest', second, first]);
    for (const command of ['approve', 'reject', 'stop'])
      expect((await offered(`${command} `, environment)).words).toEqual([second]);
    expect((await offered('runs ref', environment)).words).toEqual([first]);
  });
});
