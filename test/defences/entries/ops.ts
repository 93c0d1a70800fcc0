// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const access = 'test/ops/console-access.test.ts';
const console = 'test/ops/console.test.ts';
const queues = 'test/ops/console-queues.test.ts';
const probes = 'test/ops/health/probes.test.ts';
const traces = 'test/ops/traces.test.ts';
const telemetry = 'src/ops/traces/telemetry.ts';
const forms = 'src/ops/console/forms.ts';
const board = 'src/ops/console/queue-board.ts';
const signIn = 'src/ops/console/sign-in.ts';

const asked = 'says nothing of itself to whoever asks for something else, sends too much, or sends nonsense';
const tries = 'hold off an address that tries many secrets, and log neither them nor every try';

/** “Who can reach OPS_PORT”. */
export const opsDefences: readonly Defence[] = [
  defence(probes, asked, [
    [
      'src/ops/server.ts',
      "app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found.' }));",
    ],
  ]),
  defence(probes, asked, [['src/ops/server.ts', 'http: { maxHeaderSize: maxHeaderBytes },']]),
  defence(probes, asked, [['src/ops/server.ts', 'bodyLimit: maxBodyBytes,']]),
  defence('test/ops/metrics/metrics.test.ts', 'say what a report says, without anybody’s name', [
    [
      'src/ops/metrics/run-counters.ts',
      'late.inc({ job }, report.late);',
      "late.inc({ job }, report.late);\n      kept.inc({ job, reason: report.failures[0]?.user ?? 'none' });",
    ],
  ]),
  defence(traces, 'tells what failed by its kind, and not about whom', [
    [
      telemetry,
      'addEvent: (name) => span.addEvent(name)',
      'addEvent: (name, facts) => span.addEvent(name, facts)',
    ],
  ]),
  defence(traces, 'tells what failed by its kind, and not about whom', [
    [telemetry, 'if (harmless[key]?.(value)) span.setAttribute', 'span.setAttribute'],
    [telemetry, 'filter(([key, value]) => harmless[key]?.(value))', 'filter(() => true)'],
  ]),
  defence(traces, 'reaches the collector with its token, which is in no output', [
    [
      'src/config/settings/ops.ts',
      "secret: 'whole',\n  }),\n  exporterOtlpTracesHeaders",
      '}),\n  exporterOtlpTracesHeaders',
    ],
  ]),
  defence(access, 'is closed without the secret, for every path', [
    ['src/ops/console/index.ts', 'await requireSecret(scope, secret, context.log);'],
  ]),
  // Either is enough for one try after the other.
  defence(access, tries, [
    [signIn, 'if (counted.consumedPoints > wrongSecrets.points) throw lockedOut(reply, counted);'],
    [
      signIn,
      'if (counted && counted.remainingPoints === 0 && counted.msBeforeNext > 0) throw lockedOut(reply, counted);',
    ],
  ]),
  defence('test/ops/console/sign-in.test.ts', 'seven hundred secrets in one packet are ten tries', [
    [signIn, 'if (counted.consumedPoints > wrongSecrets.points) throw lockedOut(reply, counted);'],
  ]),
  defence(access, 'keeps neither the probes nor the console out', [
    ['src/ops/server.ts', 'limitConnections(app.server, mostConnections);'],
  ]),
  // Nothing looks for a file by the address: what is tried is something that does.
  defence(access, 'shows nothing of other files', [
    [
      'src/ops/console/page-routes.ts',
      "scope.get('/console.css',",
      "scope.get('/:name', async (request, reply) => reply.send(file(request.params.name)));\n  scope.get('/console.css',",
    ],
  ]),
  defence(access, 'refuse a body of 100 MB', [
    ['src/ops/console/limits.ts', "if (length > 0 || isChunked) reply.header('connection', 'close');"],
  ]),
  defence(console, 'even with the right token', [[forms, 'requireSameOrigin(request);']]),
  defence(console, 'the forms of the console are refused %s', [
    [
      forms,
      'if (!isOurs || Number(until) < now().toMillis()) throw httpErrors.forbidden(stale);',
      'void isOurs;',
    ],
  ]),
  defence(console, 'the forms of the console are refused %s', [
    [forms, 'sign(until, request.who, pathOf(request))', "sign(until, '', pathOf(request))"],
    [forms, '`${until}.${sign(until, who, path)}`', "`${until}.${sign(until, '', path)}`"],
  ]),
  defence(console, 'the forms of the console are refused %s', [
    [forms, 'sign(until, request.who, pathOf(request))', "sign(until, request.who, '')"],
    [forms, '`${until}.${sign(until, who, path)}`', "`${until}.${sign(until, who, '')}`"],
  ]),
  defence(console, 'also when it looks like a part of the page', [
    [
      'src/ops/console/pages/markup.ts',
      "import { html as tagged } from 'hono/html';",
      "import { raw, html as tagged } from 'hono/html';",
    ],
    [
      'src/ops/console/pages/markup.ts',
      'return tagged(strings, ...parts) as Markup;',
      "return tagged(strings, ...parts.map((part) => (typeof part === 'string' ? raw(part) : part)));",
    ],
  ]),
  defence(console, 'have a strict policy and are kept in no cache', [
    [
      'src/ops/console/headers.ts',
      'contentSecurityPolicy: { useDefaults: false, directives: pages }',
      'contentSecurityPolicy: false',
    ],
  ]),
  defence(console, 'have a strict policy and are kept in no cache', [
    ['src/ops/console/headers.ts', "reply.header('cache-control', 'no-store');", 'void reply;'],
  ]),
  // No page needs one, and looking has no effect: what is tried is a page that has.
  defence(console, 'need no script and bring none', [
    [
      'src/ops/console/pages/frame.ts',
      '<link rel="icon"',
      '<script src="/console.js"></script><link rel="icon"',
    ],
  ]),
  defence(console, 'change nothing by being looked at', [
    [
      'src/ops/console/form-routes.ts',
      "scope.post<{ Params: { job: string } }>('/jobs/:job/runs',",
      "scope.all<{ Params: { job: string } }>('/jobs/:job/runs',",
    ],
  ]),
  defence(console, 'which only observes though the worker enforces', [
    ['src/ops/console/form-routes.ts', "mode: 'observe', requestedBy", "mode: 'enforce', requestedBy"],
  ]),
  defence('test/commands/history.test.ts', 'who signed in at the console', [
    [
      'src/ops/console/form-routes.ts',
      'createRecorder(context, personOf(request));',
      '({ ...createRecorder(context, personOf(request)), record: (_act, work) => work() });',
    ],
  ]),
  defence('test/commands/history.test.ts', 'who signed in at the console', [
    ['src/ops/console/index.ts', 'recordSignIns(scope, context);'],
  ]),
  // Bull Board has a mode of its own for that.
  defence(queues, 'changes nothing, unless it is told to be writable', [
    [board, 'if (!writable) {', 'if (false) {'],
    [
      board,
      '{ readOnlyMode: !writable, allowRetries: writable }',
      '{ readOnlyMode: false, allowRetries: true }',
    ],
  ]),
  defence(queues, 'changes nothing, unless it is told to be writable', [
    [board, 'if (neverAllowed.test(path)) {', 'if (false) {'],
  ]),
  defence(queues, 'changes nothing, unless it is told to be writable', [
    [board, 'requireSameOrigin(request);'],
  ]),
  defence(queues, 'shows the queues, and no user of them', [
    [board, 'queue === queues.runs ? maskRun : maskBatch', '(data) => data'],
  ]),
];
