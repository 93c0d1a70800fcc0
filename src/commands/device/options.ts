/** Whom the command is about, and how it prints. */
export interface DeviceOptions {
  readonly storage?: string;
  readonly json?: boolean;
}

/** How a write by hand is made. */
export interface WriteOptions extends DeviceOptions {
  /** Nobody is asked. */
  readonly yes?: boolean;
  /** Only says what it would do. */
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly reason?: string;
  /** Writes also while the vendor is paused. */
  readonly despitePause?: boolean;
  /** Writes also when Redis is away; only the log has a trace then. */
  readonly withoutHistory?: boolean;
}
