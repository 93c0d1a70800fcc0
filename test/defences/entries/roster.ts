// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const roster = 'test/roster/roster.test.ts';
const csv = 'src/roster/formats/csv.ts';
const onlyCounted = 'src/runs/only-counted.ts';
const lastMark = 'if (count.fingerprint !== fingerprint) throw changed();';

/** “What the source of the roster can do”. */
export const rosterDefences: readonly Defence[] = [
  defence('test/commands/wrong-input.test.ts', 'stops a run whose roster has no user', [
    ['src/runs/gate.ts', "if (facts.selected === 0) return { decision: 'stop', reason: emptyRoster };"],
  ]),
  defence(
    'test/commands/hold.test.ts',
    'holds a run that plans many times the median of the last runs, before the first write',
    [['src/runs/gate.ts', 'planned > baseline.planned * growthFactor', 'planned > 1e9']],
  ),
  defence(
    'test/commands/plan/plan.test.ts',
    'is applied by a worker after an approval only if the roster still has its users',
    [[onlyCounted, lastMark]],
  ),
  defence(
    'test/queue/run-worker/changed-roster.test.ts',
    'takes over after its count writes nothing by a roster of its own',
    [[onlyCounted, lastMark]],
  ),
  defence(
    'test/commands/hanging-roster.test.ts',
    'ends its runs, fails its liveness, and ends at SIGTERM',
    [
      [
        'src/roster/patience.ts',
        "await withDeadline(Promise.race([value, aborted.promise]), timeoutMs, 'silent' as const)",
        'await Promise.race([value, aborted.promise])',
      ],
    ],
    { endsInTimeout: true },
  ),
  defence('test/commands/hanging-roster.test.ts', 'ends its runs, fails its liveness, and ends at SIGTERM', [
    [
      'src/ops/health/probes.ts',
      'heartbeatMonitor.trouble() ?? rosterTrouble()',
      'heartbeatMonitor.trouble()',
    ],
  ]),
  defence(roster, 'rejects a row without an end and keeps the numbers right', [
    [
      'src/roster/formats/records.ts',
      'if (text.length > maxRowLength) {',
      'if (text.length > maxRowLength * 100) {',
    ],
  ]),
  defence(roster, 'a roster row with a quote %s rejects only itself', [
    [
      'src/roster/formats/records.ts',
      "if (end === 'stray') return 'stray';",
      "if (end === 'stray') return 1;",
    ],
  ]),
  defence(roster, 'a roster row with a quote %s rejects only itself', [
    [
      'src/roster/formats/records.ts',
      "if (count === 'open' && !atEnd) break;",
      "if (count === 'open') break;",
    ],
  ]),
  defence(
    'test/commands/roster-rows.test.ts',
    'is written for nobody, everybody else is done, and the run says so',
    [[csv, 'isOpen && doubt !== undefined ? doubtLast(found, doubt) : found', 'found']],
  ),
  defence(roster, 'names users that differ only in what people do not see, and keeps them all', [
    ['src/roster/fold.ts', '\n    .trim()'],
  ]),
  defence(roster, 'names users that differ only in what people do not see, and keeps them all', [
    [
      'src/roster/seen.ts',
      'return add(folded, alike === username ? name : digestOf(alike), storage.folded, line);',
      'return undefined;',
    ],
  ]),
  defence(roster, 'rejects names that are longer than any', [
    ['src/roster/columns.ts', 'if (username.length > maxNameLength)', 'if (username.length > 1e9)'],
  ]),
  defence('test/jobs/awkward-names.test.ts', 'inspects and explains users of any name, each his own', [
    [
      'src/clients/pointsharp/query.ts',
      '`Username=${encodeURIComponent(username)}${storage}`',
      '`Username=${username}${storage}`',
    ],
  ]),
];
