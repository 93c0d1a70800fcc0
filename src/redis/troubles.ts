import { certificateCodes, isUntrustedCertificate } from '../security/tls.ts';

/** What can be wrong with a connection to Redis, as far as it decides what to do. */
export type TroubleKind =
  | 'rights'
  | 'credentials'
  | 'sentinel-credentials'
  | 'sentinel-name'
  | 'replica'
  | 'memory'
  | 'disk'
  | 'replicas'
  | 'busy'
  | 'loading'
  | 'master-down'
  | 'cluster-down'
  | 'clients'
  | 'database'
  | 'command'
  | 'not-a-cluster'
  | 'other-reply'
  | 'certificate'
  | 'certificate-expired'
  | 'unreachable';

/** Codes of our own for replies and texts that have none. */
export const ownCodes = {
  unknownMaster: 'UNKNOWN_MASTER',
  notACluster: 'NOT_A_CLUSTER',
  maxClients: 'MAX_CLIENTS',
  database: 'NO_SUCH_DATABASE',
  command: 'NO_SUCH_COMMAND',
} as const;

/** The replies by which Redis refuses what is allowed and right at another time, or in another place. */
const refusals: Readonly<Record<string, TroubleKind>> = {
  NOPERM: 'rights',
  NOAUTH: 'credentials',
  WRONGPASS: 'credentials',
  READONLY: 'replica',
  OOM: 'memory',
  MISCONF: 'disk',
  NOREPLICAS: 'replicas',
  BUSY: 'busy',
  LOADING: 'loading',
  MASTERDOWN: 'master-down',
  CLUSTERDOWN: 'cluster-down',
  [ownCodes.maxClients]: 'clients',
  [ownCodes.database]: 'database',
  [ownCodes.command]: 'command',
  [ownCodes.notACluster]: 'not-a-cluster',
};

/** The codes of all replies that refuse. */
export const refusalCodes: readonly string[] = Object.keys(refusals);

/** What to do now. Each kind has its own advice: the log tells troubles apart by it. */
export const advices: Readonly<Record<TroubleKind, string>> = {
  rights: 'Give its user the rights that the configuration page lists at REDIS_URL.',
  credentials: 'Check user and password in REDIS_URL.',
  'sentinel-credentials': 'Check REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD.',
  'sentinel-name': 'Check REDIS_SENTINEL_NAME.',
  replica: 'It is a replica: name the master in REDIS_URL, or set REDIS_SENTINELS.',
  memory: 'Its memory is full: raise its maxmemory, or remove what others keep in it.',
  disk: 'It cannot save to its disk: its own log says why. Free space, or correct the rights of its folder.',
  replicas: 'Too few of its replicas are connected: bring them back, or lower its min-replicas-to-write.',
  busy: 'A script of another program blocks it: wait for its end, or end it with SCRIPT KILL.',
  loading: 'It is reading its data from disk: wait until it has.',
  'master-down': 'It is a replica without a master: bring the master back, or name it in REDIS_URL.',
  'cluster-down': 'Masters of the cluster are down: bring them back. CLUSTER INFO shows its state.',
  clients: 'It has as many clients as it allows: raise its maxclients, or end clients that nobody needs.',
  database: 'Correct the number of the database in REDIS_URL: this Redis has fewer.',
  command: 'Use a Redis or Valkey that has all commands which the configuration page lists at REDIS_URL.',
  'not-a-cluster': 'It is not a cluster: remove REDIS_CLUSTER.',
  'other-reply': 'Check the log of Redis.',
  certificate: 'Set REDIS_CA_FILE, or use the host name in the certificate.',
  'certificate-expired': 'Renew the certificate of Redis, or correct the clock of this machine.',
  unreachable: 'Start it, or set REDIS_URL to its address.',
};

/** What a trouble is, by its code: that of a reply, of the system or of node:tls. */
export function kindOf(code: string | undefined, from: 'reply' | 'sentinel' | 'connection'): TroubleKind {
  if (from === 'sentinel') {
    if (code === ownCodes.unknownMaster) return 'sentinel-name';
    return code === undefined ? 'unreachable' : 'sentinel-credentials';
  }
  if (isRefusalCode(code)) return refusals[code] ?? 'other-reply';
  if (from === 'reply') return 'other-reply';
  if (code === certificateCodes.expired || code === certificateCodes.notYetValid)
    return 'certificate-expired';
  return isUntrustedCertificate(code) ? 'certificate' : 'unreachable';
}

/** Whether a reply with this code refuses what is right: to try again later, or elsewhere, makes sense. */
export function isRefusalCode(code: string | undefined): code is string {
  return code !== undefined && Object.hasOwn(refusals, code);
}
