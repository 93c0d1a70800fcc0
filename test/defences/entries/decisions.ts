import { type Defence, defence } from '../defence.ts';

const gate = 'test/runs/gate.test.ts';
const refresh = 'test/policies/timed-devices/refresh-timed-devices.test.ts';

/** “What a lying vendor can do”: what is decided about its answers. */
export const decisionDefences: readonly Defence[] = [
  defence(
    'test/commands/outage.test.ts',
    'longer pause than the run waits',
    [
      [
        'src/queue/batch-worker/batch-failure.ts',
        'if (retryAfterMs > longestRetryAfterMs) {',
        'if (retryAfterMs > 1e9) {',
      ],
    ],
    { endsInTimeout: true },
  ),
  // What would take hours is given two seconds.
  defence('test/config/kinds/pattern.test.ts', 'which would take hours otherwise', [
    [
      'src/config/kinds/pattern.ts',
      'isIn: (text) => pattern?.test(text) ?? false',
      "isIn: (text) => process.getBuiltinModule('node:vm').runInNewContext(\"new RegExp(source, 'i').test(text)\", { source, text }, { timeout: 2_000 })",
    ],
  ]),
  defence(refresh, 'with an unreadable time-out', [
    [
      'src/policies/timed-devices/device.ts',
      "lastErrorTime === 'unreadable' ||\n    timeout === 'unreadable'",
      "lastErrorTime === 'unreadable'",
    ],
  ]),
  defence(gate, 'the gate decides at', [
    ['src/runs/gate.ts', 'planned > maxActions\n', 'planned > maxActions && false\n'],
  ]),
  defence(gate, 'the gate decides at', [
    ['src/runs/gate.ts', 'touched / selected > maxShare', 'touched / selected > 1'],
  ]),
  defence(gate, 'the gate decides at', [
    ['src/runs/gate.ts', 'planned > baseline.planned * growthFactor', 'planned > 1e9'],
  ]),
  defence(gate, 'the gate decides at', [
    ['src/runs/gate.ts', 'selected < baseline.selected * shrinkFactor', 'selected < 0'],
  ]),
  defence('test/commands/canary.test.ts', 'stops a run whose first writes changed nothing, before the rest', [
    ['src/runs/apply-batch.ts', 'throw new NothingChanged(action);', "return { status: 'failed' };"],
  ]),
  defence('test/commands/canary.test.ts', 'stops a run whose first writes changed nothing, before the rest', [
    [
      'src/queue/messages/run-state.ts',
      "return verify === 'canary' && maintenance.confirm ? 'canary' : 'apply';",
      "return 'apply';",
    ],
  ]),
  defence('test/config/load.test.ts', 'is warned about when it is reached by http over a network', [
    ['src/config/vendors/vendor-checks.ts', 'url && isUnencrypted(url) ?', 'url && false ?'],
  ]),
];
