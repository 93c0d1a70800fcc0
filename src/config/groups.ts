import * as kind from './kinds.ts';
import { setting } from './setting.ts';

/** Settings without a prefix of their own. */
export const bareSettings = {
  logLevel: setting(kind.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace'), {
    doc: 'The least level that is logged. Purged users and kept devices are logged at debug.',
    fallback: 'info',
  }),
};

/** `CARETAKER_…`: what concerns all jobs. */
export const caretakerSettings = {
  mode: setting(kind.oneOf('observe', 'enforce'), {
    doc: 'observe reads, decides and reports; only enforce writes.',
    fallback: 'observe',
  }),
  prefix: setting(kind.keyPrefix, {
    doc: 'Prefix of all keys in Redis; the braces keep them on one slot of a cluster.',
    fallback: '{caretaker}',
  }),
  roster: setting(kind.text, {
    doc: 'Where the users come from: the path of a CSV or NDJSON file, or - for standard input (only for the command run).',
  }),
  drainTimeout: setting(kind.wait, {
    doc: 'How long a worker may finish what is in flight after SIGTERM before it hands the rest back.',
    fallback: 'PT25S',
  }),
  batchAttempts: setting(kind.integer(1, 50), {
    doc: 'How often a batch is tried while the vendor does not answer, before its rest is reported as not reached.',
    fallback: '6',
  }),
  retryDelay: setting(kind.wait, {
    doc: 'Pause before the second attempt of a batch; it doubles with each attempt.',
    fallback: 'PT2S',
  }),
  lockDuration: setting(kind.wait, {
    doc: 'How long a worker may be silent before others take over its work.',
    fallback: 'PT30S',
  }),
  holdFor: setting(kind.duration, {
    doc: 'How long a held run waits for an answer before it expires.',
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
  keepRuns: setting(kind.integer(1, 100_000), {
    doc: 'How many finished runs the history keeps.',
    fallback: '1000',
  }),
  keepRunsFor: setting(kind.duration, {
    doc: 'How long the history keeps a finished run.',
    fallback: 'P90D',
  }),
};

/** `OPS_…`: the server of probes, metrics and console. */
export const opsSettings = {
  port: setting(kind.integer(0, 65_535), {
    doc: 'Port of the probes, the metrics and the console; 0 takes a free one, and left out there is no such server.',
  }),
  host: setting(kind.text, {
    doc: 'Address to listen on.',
    fallback: '0.0.0.0',
  }),
  consoleSecret: setting(kind.secretText, {
    doc: 'Secret that opens the console: the password of any user, or a bearer token. Left out, there is no console.',
    secret: 'whole',
  }),
  queuesWritable: setting(kind.flag, {
    doc: 'Whether Bull Board, at /queues, may change the queues; otherwise it only shows them.',
    fallback: 'false',
  }),
};

/** `OTEL_…`: traces. Names and meanings are those of OpenTelemetry, which reads a few more by itself. */
export const otelSettings = {
  exporterOtlpEndpoint: setting(kind.collectorUrl, {
    doc: 'OpenTelemetry collector that gets the traces (OTLP over HTTP, JSON, at /v1/traces under this address). Left out, nothing is traced.',
  }),
  exporterOtlpTracesEndpoint: setting(kind.collectorUrl, {
    doc: 'The same as a whole address, in place of it.',
  }),
  exporterOtlpHeaders: setting(kind.headerPairs, {
    doc: 'Headers for the collector, such as its token.',
    secret: 'whole',
  }),
  exporterOtlpTracesHeaders: setting(kind.headerPairs, {
    doc: 'More headers, for traces only.',
    secret: 'whole',
  }),
  exporterOtlpTimeout: setting(kind.integer(1), {
    doc: 'Milliseconds that sending may take; more than 5000 count as 5000, because the end of a process waits for it.',
    fallback: '3000',
  }),
  exporterOtlpCertificate: setting(kind.file, {
    doc: 'PEM file of the certificate authorities that the collector is trusted by, in place of those of the system.',
  }),
  exporterOtlpClientCertificate: setting(kind.file, {
    doc: 'PEM file of the client certificate for the collector.',
  }),
  exporterOtlpClientKey: setting(kind.file, { doc: 'PEM file of its private key.' }),
  serviceName: setting(kind.text, {
    doc: 'Name under which the traces appear; device-caretaker when neither it nor OTEL_RESOURCE_ATTRIBUTES names one.',
  }),
  tracesSampler: setting(
    kind.oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    {
      doc: 'Which runs are traced. A run is traced with all its requests, or not at all.',
      fallback: 'parentbased_always_on',
    },
  ),
  tracesSamplerArg: setting(kind.share, {
    doc: 'Share of the runs that are traced with a sampler by ratio.',
    fallback: '1',
  }),
};

/** `REDIS_…` */
export const redisSettings = {
  url: setting(kind.redisUrl, {
    doc: 'Redis or Valkey that holds the queues, the schedules and the history of runs. Its user needs the rights `~PREFIX* &* +@all -@dangerous +info +client`.',
    fallback: 'redis://127.0.0.1:6379',
    secret: 'in-url',
  }),
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust beside those of the system, for rediss://.',
  }),
  sentinels: setting(kind.servers(26_379), {
    doc: 'Sentinels that know which server is the master; REDIS_URL then only gives user, password, database and TLS (also that of the Sentinels).',
  }),
  sentinelName: setting(kind.text, { doc: 'What the Sentinels call the master, often mymaster.' }),
  sentinelUsername: setting(kind.text, { doc: 'User for the Sentinels, if they ask for one.' }),
  sentinelPassword: setting(kind.text, {
    doc: 'Password for the Sentinels, if they ask for one.',
    secret: 'whole',
  }),
  cluster: setting(kind.flag, {
    doc: 'Whether REDIS_URL is a node of a Redis Cluster; the others are found by themselves.',
    fallback: 'false',
  }),
  clusterNodes: setting(kind.servers(6379), {
    doc: 'More nodes of the cluster, to begin with when that of REDIS_URL is down.',
  }),
};

const vendorSettings = {
  caFile: setting(kind.file, {
    doc: 'PEM file of certificate authorities to trust beside those of the system.',
  }),
  requestTimeout: setting(kind.wait, {
    doc: 'How long to wait for a connection, for an answer to begin and for each part of it; a whole answer may take four times as long.',
    fallback: 'PT30S',
  }),
  requestsInFlight: setting(kind.integer(1, 1024), {
    doc: 'Requests under way at once, over all jobs and all workers together.',
    fallback: '2',
  }),
  requestsPerSecond: setting(kind.amount, {
    doc: 'Requests per second, over all jobs and all workers together; 0 = no limit.',
    fallback: '20',
  }),
};

/** `POINTSHARP_…` */
export const pointsharpSettings = {
  url: setting(kind.apiUrl, {
    doc: 'The Pointsharp ID web services, up to and with /api/.',
  }),
  auth: setting(kind.oneOf('none', 'basic', 'header', 'certificate'), {
    doc: 'How to sign in; the vendor documents none, so it is what stands in front of the server that decides.',
    fallback: 'none',
  }),
  username: setting(kind.text, { doc: 'User for auth=basic.' }),
  password: setting(kind.text, { doc: 'Password for auth=basic.', secret: 'whole' }),
  headerName: setting(kind.headerName, { doc: 'Name of the header for auth=header.' }),
  headerValue: setting(kind.headerValue, { doc: 'Value of the header for auth=header.', secret: 'whole' }),
  certificateFile: setting(kind.file, { doc: 'PEM file of the client certificate for auth=certificate.' }),
  keyFile: setting(kind.file, { doc: 'PEM file of its private key for auth=certificate.' }),
  keyPassphrase: setting(kind.text, { doc: 'Passphrase of that key, if it has one.', secret: 'whole' }),
  ...vendorSettings,
};

/** `SUPEROFFICE_…` */
export const superofficeSettings = {
  url: setting(kind.apiUrl, {
    doc: 'The SuperOffice web API, up to and with /api/.',
  }),
  auth: setting(kind.oneOf('basic', 'bearer', 'soticket', 'xsrf'), {
    doc: 'How to sign in: basic (onsite only), bearer (Online), soticket, or xsrf.',
    fallback: 'basic',
  }),
  username: setting(kind.text, { doc: 'User for auth=basic.' }),
  password: setting(kind.text, { doc: 'Password for auth=basic.', secret: 'whole' }),
  token: setting(kind.headerValue, {
    doc: 'Bearer token, SOTicket or XSRF value, as auth says.',
    secret: 'whole',
  }),
  appToken: setting(kind.headerValue, {
    doc: 'Application token of the partner app (SO-AppToken), needed Online.',
    secret: 'whole',
  }),
  acceptLanguage: setting(kind.headerValue, { doc: 'Accept-Language header.', fallback: 'en' }),
  language: setting(kind.headerValue, { doc: 'SO-Language header.' }),
  culture: setting(kind.headerValue, { doc: 'SO-Culture header.' }),
  timeZone: setting(kind.headerValue, { doc: 'SO-TimeZone header.' }),
  handleKey: setting(kind.text, {
    doc: 'Key of the hash that stands for a push handle; derived from the credentials when left out.',
    secret: 'whole',
  }),
  ...vendorSettings,
};
