import * as kind from '../kinds/index.ts';
import { joinRules } from './associates.ts';
import { redisRights } from './redis-commands.ts';
import { setting } from './setting.ts';

export * from './associates.ts';
export * from './directory.ts';
export * from './download.ts';
export * from './ops.ts';
export * from './vendors.ts';

/** Settings without a prefix of their own. */
export const bareSettings = {
  logLevel: setting(kind.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace'), {
    doc: 'Lowest level that is logged. Purged users and kept devices are logged at debug.',
    fallback: 'info',
  }),
  noProxy: setting(kind.text, {
    doc: 'Hosts that are reached without the proxy of POINTSHARP_PROXY or SUPEROFFICE_PROXY, separated by commas: names, which count for their subdomains, too, addresses, networks such as 10.0.0.0/8, or *. The variable no_proxy counts where this one is not set.',
  }),
};

/** `CARETAKER_…`: what concerns all jobs. */
export const caretakerSettings = {
  mode: setting(kind.oneOf('observe', 'enforce'), {
    doc: 'observe reads, decides and reports; only enforce writes.',
    fallback: 'observe',
  }),
  timeZone: setting(kind.timeZone, {
    doc: 'Time zone of every time that people read: in the console, on the command line, in the reasons of reports. JSON, logs and metrics stay in UTC, and each schedule has the zone of its job. Left out, it is the zone of the host (in the image UTC).',
  }),
  prefix: setting(kind.keyPrefix, {
    doc: 'Prefix of all keys in Redis. The braces keep them on one slot of a cluster.',
    fallback: '{caretaker}',
  }),
  roster: setting(kind.text, {
    doc: 'Source of the users: the path of a CSV or NDJSON file, - for standard input (only for the command run), an https address that gives such a file, one to three directories such as ldaps://dc.example.com, with blanks between them, or superoffice: for the users of SuperOffice. Behind another source and a blank, superoffice: says which associates its users are.',
  }),
  rosterJoin: setting(kind.oneOf(...joinRules), {
    doc: 'How the users of a source and those of SuperOffice behind it are compared: lower-case (by name, whatever its case), strip-domain (by name, without DOMAIN\\ before it or @domain behind it), or mail (by mail address).',
  }),
  rosterTimeout: setting(kind.wait, {
    doc: 'How long the roster may take to be opened, and each time until it gives more. A run, a plan or a look-up that waits longer fails.',
    fallback: 'PT1M',
  }),
  rosterMaxAge: setting(kind.duration, {
    doc: 'How long ago the file of the roster may have been written, or changed by what the web server says (Last-Modified). A run in enforce with an older one is held. Left out, any age is taken.',
  }),
  drainTimeout: setting(kind.wait, {
    doc: 'How long a worker may take after SIGTERM to finish what is in flight. Then it hands the rest back.',
    fallback: 'PT25S',
  }),
  batchAttempts: setting(kind.integer(1, 50), {
    doc: 'How many times a batch is tried while the vendor fails. Then the rest of it is reported as not reached.',
    fallback: '6',
  }),
  retryDelay: setting(kind.wait, {
    doc: 'Pause before the second attempt of a batch. It doubles with each attempt.',
    fallback: 'PT2S',
  }),
  lockDuration: setting(kind.wait, {
    doc: 'How long a worker may be silent before others take over its work.',
    fallback: 'PT30S',
  }),
  holdFor: setting(kind.duration, {
    doc: 'How long a held run waits for approval before it expires.',
    fallback: 'PT24H',
  }),
  planMaxAge: setting(kind.duration, {
    doc: 'How old a plan file may be when it is applied.',
    fallback: 'PT24H',
  }),
  outagePatience: setting(kind.duration, {
    doc: 'How long a vendor may fail without a single success before the runs that wait for it stop.',
    fallback: 'PT30M',
  }),
  failOn: setting(
    kind.someOf(
      'failures',
      'failed',
      'held',
      'stopped',
      'skipped',
      'finding:high',
      'finding:medium',
      'finding:low',
    ),
    {
      doc: 'What makes `run` and `apply` exit with a code other than 0: a run that is failed, held, stopped or skipped; failures, when it completed but single users, actions or rows failed; and findings of a severity.',
      fallback: 'failures,failed,held,stopped,skipped',
    },
  ),
  keepRuns: setting(kind.integer(1, 100_000), {
    doc: 'How many finished runs are kept.',
    fallback: '1000',
  }),
  keepRunsFor: setting(kind.duration, {
    doc: 'How long a finished run is kept.',
    fallback: 'P90D',
  }),
  keepFindings: setting(kind.integer(1, 1_000_000), {
    doc: 'How many findings of each severity are kept of the last audit. Those over it are counted and logged.',
    fallback: '20000',
  }),
  keepPlanned: setting(kind.integer(0, 100_000), {
    doc: 'How many planned actions are kept of a run that only observed, or that wrote after the vendor had warned, the soonest first, so that they can be read. They name users, and are kept as long as the run. 0 keeps none.',
    fallback: '1000',
  }),
  keepHistory: setting(kind.integer(1, 1_000_000), {
    doc: 'How many lines the history keeps of what people did. A write by hand, a run and a decision leave two: one before, one after.',
    fallback: '10000',
  }),
  keepHistoryFor: setting(kind.duration, {
    doc: 'How long the history keeps a line.',
    fallback: 'P365D',
  }),
};

/** `REDIS_…` */
export const redisSettings = {
  url: setting(kind.redisUrl, {
    doc: `Redis or Valkey that holds the queues, the schedules, the finished runs and the history. Its user needs the rights \`${redisRights('PREFIX')}\`, and in a cluster also \`+cluster +asking\`.`,
    fallback: 'redis://127.0.0.1:6379',
    secret: 'in-url',
  }),
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust in addition to those of the system, for rediss://.',
  }),
  sentinels: setting(kind.servers(26_379), {
    doc: 'Sentinels that know which server is the master. REDIS_URL then only gives user, password, database and TLS, and the Sentinels use the same TLS.',
  }),
  sentinelName: setting(kind.text, { doc: 'Name of the master at the Sentinels, often mymaster.' }),
  sentinelUsername: setting(kind.text, { doc: 'User for the Sentinels, if they require one.' }),
  sentinelPassword: setting(kind.text, {
    doc: 'Password for the Sentinels, if they require one.',
    secret: 'whole',
  }),
  cluster: setting(kind.flag, {
    doc: 'Whether REDIS_URL is a node of a Redis Cluster. The other nodes are discovered.',
    fallback: 'false',
  }),
  clusterNodes: setting(kind.servers(6379), {
    doc: 'More nodes of the cluster, for a start while the one in REDIS_URL is down.',
  }),
};
