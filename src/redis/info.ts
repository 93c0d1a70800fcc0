/** What `INFO` of a Redis says; undefined where a managed Redis leaves it out. */
export interface RedisInfo {
  readonly version: string | undefined;
  /** `master` or `slave`. */
  readonly role: string | undefined;
  /** `noeviction`, or which keys are thrown away when the memory is full. */
  readonly maxmemoryPolicy: string | undefined;
  readonly hasAppendOnlyFile: boolean | undefined;
  readonly isLoading: boolean | undefined;
  readonly isClusterNode: boolean | undefined;
  readonly usedBytes: number;
  /** 0 = no limit. */
  readonly maxBytes: number;
}

/** Reads the output of `INFO`, or of some of its sections. */
export function parseInfo(output: string): RedisInfo {
  const fields = new Map(
    output.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
  return {
    version: fields.get('redis_version'),
    role: fields.get('role'),
    maxmemoryPolicy: fields.get('maxmemory_policy'),
    hasAppendOnlyFile: flag(fields.get('aof_enabled')),
    isLoading: flag(fields.get('loading')),
    isClusterNode: flag(fields.get('cluster_enabled')),
    usedBytes: Number(fields.get('used_memory') ?? 0),
    maxBytes: Number(fields.get('maxmemory') ?? 0),
  };
}

function flag(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === '1';
}
