/*
 * For whoever needs no more than the names of the jobs, as the help of the command line: loading the jobs takes longer
 * than all of it. A test holds them to the registry.
 */

export const jobNames: readonly string[] = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'];
