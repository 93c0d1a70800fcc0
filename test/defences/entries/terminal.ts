import { type Defence, defence } from '../defence.ts';

const hostile = 'test/commands/hostile-texts.test.ts';

/** Texts from elsewhere, on a terminal and in a spreadsheet. */
export const terminalDefences: readonly Defence[] = [
  defence(hostile, 'shows no control character', [
    ['src/commands/terminal/output.ts', '[cell].flat().map(printable)', '[cell].flat()'],
  ]),
  defence(hostile, 'shows no control character', [
    [
      'src/commands/terminal/output.ts',
      'printableJson(JSON.stringify(document, null, 2))',
      'JSON.stringify(document, null, 2)',
    ],
  ]),
  defence(hostile, 'shows no control character', [
    ['src/commands/program/report-error.ts', '.map(printable)', ''],
  ]),
  defence(hostile, 'shows no control character', [
    ['src/log.ts', 'printableJson(redact(withoutSecretFields(line)))', 'redact(withoutSecretFields(line))'],
  ]),
  defence(hostile, 'of something in Redis that is no run is no run', [
    [
      'src/queue/records/runs/find-run.ts',
      'const record = await readRecord(runs, id);',
      "const record = (await readRecord(runs, id)) ?? { job: 'audit-pocket', data: {}, isOver: false };",
    ],
  ]),
  defence('test/commands/terminal/print-csv.test.ts', 'gets an apostrophe in front', [
    ['src/commands/terminal/print-csv.ts', 'escape_formulas: true,'],
  ]),
];
