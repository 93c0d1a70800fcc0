import { DateTime, Duration } from 'luxon';
import { nextTimes } from '../../../src/config/schedule/schedule.ts';
import { caretakerSettings } from '../../../src/config/settings/groups.ts';
import { type Container, containersOf, type Manifest, nameOf, type PodTemplate } from '../manifest.ts';
import { environmentOf } from './environment.ts';

/** What a worker takes beyond its drain, at most, before it ends itself. */
const graceMs = 10_000;
/** For a schedule that starts once a day, a month. */
const startsLookedAt = 31;

/** What a pod of ours has to have beyond what Kubernetes demands. */
export function habitProblems(template: PodTemplate, manifests: readonly Manifest[]): string[] {
  const { owner, spec } = template;
  return [
    ...(spec.automountServiceAccountToken === false ? [] : [`${owner}: gets a token of the cluster`]),
    ...doctorProblems(template),
    ...containersOf(template).flatMap((container) => {
      const { where, spec: own } = container;
      const { requests = {}, limits = {} } = own.resources ?? {};
      return [
        ...(own.securityContext?.readOnlyRootFilesystem
          ? []
          : [`${where}: its root file system can be written`]),
        ...(requests.cpu && requests.memory ? [] : [`${where}: requests no cpu or no memory`]),
        ...(limits.memory ? [] : [`${where}: has no limit of memory`]),
        ...(requests['ephemeral-storage'] && limits['ephemeral-storage']
          ? []
          : [`${where}: may fill the disk of its node`]),
        ...(mebibytes(limits['ephemeral-storage']) >= mountedMebibytes(own, spec)
          ? []
          : [`${where}: is evicted before its emptyDir is full`]),
        ...graceProblems(container.where, spec, environmentOf(container, manifests)),
      ];
    }),
  ];
}

/** `384Mi` → 384, `1Gi` → 1024; what is not there is no limit. */
function mebibytes(quantity: string | undefined): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? '') ?? [];
  return number === undefined ? Number.POSITIVE_INFINITY : Number(number) * (unit === 'Gi' ? 1024 : 1);
}

/** What the folders that a container may write can hold on the disk of the node. */
function mountedMebibytes(container: Container['spec'], pod: PodTemplate['spec']): number {
  const mounts: { name: string; readOnly?: boolean }[] = container.volumeMounts ?? [];
  const written = mounts.filter(({ readOnly }) => !readOnly).map(({ name }) => name);
  const volumes: { name: string; emptyDir?: { sizeLimit?: string } }[] = pod.volumes ?? [];
  return volumes
    .filter(({ name, emptyDir }) => emptyDir && written.includes(name))
    .reduce((sum, { emptyDir }) => sum + mebibytes(emptyDir?.sizeLimit), 0);
}

/** What works on runs begins behind a doctor that sees the same variables and files. */
function doctorProblems(template: PodTemplate): string[] {
  const containers = containersOf(template);
  const doctor = containers.find(({ isInit, spec }) => isInit && spec.name === 'doctor');
  const worker = containers.find(({ isInit }) => !isInit);
  if (!['worker', 'run'].includes(worker?.spec.args?.[0])) return [];
  if (doctor?.spec.args?.join(' ') !== 'doctor --start') {
    return [`${template.owner}: lacks the init container with doctor --start, which gates its start`];
  }
  return ['image', 'envFrom', 'volumeMounts']
    .filter((key) => JSON.stringify(doctor.spec[key]) !== JSON.stringify(worker?.spec[key]))
    .map((key) => `${doctor.where}: has another ${key} than the container it is for`);
}

function graceProblems(
  where: string,
  pod: PodTemplate['spec'],
  environment: Record<string, string>,
): string[] {
  const drain = Duration.fromISO(
    environment.CARETAKER_DRAIN_TIMEOUT ?? caretakerSettings.drainTimeout.fallback ?? '',
  );
  const wanted = (drain.toMillis() + graceMs) / 1000;
  const grace = pod.terminationGracePeriodSeconds ?? 30;
  return grace > wanted
    ? []
    : [`${where}: is killed after ${grace} s, and may take ${wanted} s to hand back what it has in hand`];
}

/** What a CronJob has to say so that it neither piles up nor falls silent. */
export function cronJobProblems(manifest: Manifest, manifests: readonly Manifest[]): string[] {
  if (manifest.kind !== 'CronJob') return [];
  const { spec } = manifest;
  const job = spec.jobTemplate.spec;
  const [container] = containersOf({ owner: nameOf(manifest), labels: {}, spec: job.template.spec }).filter(
    ({ isInit }) => !isInit,
  );
  const name = String(container?.spec.args?.[1]);
  const variable = `${name.toUpperCase().replaceAll('-', '_')}_SCHEDULE`;
  const environment = container ? environmentOf(container, manifests) : {};
  const planned = environment[variable];
  const failOn = environment.CARETAKER_FAIL_ON?.split(',') ?? [];
  const wanted: readonly [what: string, holds: boolean][] = [
    ['concurrencyPolicy Forbid', spec.concurrencyPolicy === 'Forbid'],
    ['startingDeadlineSeconds', spec.startingDeadlineSeconds >= 60],
    [
      'activeDeadlineSeconds below the gap of its schedule: with Forbid, a pod that hangs blocks all later runs',
      job.activeDeadlineSeconds * 1000 < shortestGapMs(spec.schedule, spec.timeZone),
    ],
    [
      'a Job that is kept for a day at least, to be looked at',
      (job.ttlSecondsAfterFinished ?? Number.POSITIVE_INFINITY) >= 86_400,
    ],
    ['restartPolicy Never: a run that ended is not begun anew', job.template.spec.restartPolicy === 'Never'],
    [
      'CARETAKER_FAIL_ON with failed, held and stopped: nobody else would tell',
      ['failed', 'held', 'stopped'].every((ending) => failOn.includes(ending)),
    ],
    [
      'CARETAKER_FAIL_ON without failures and skipped: one user would fail the Job',
      !failOn.includes('failures') && !failOn.includes('skipped'),
    ],
    ['timeZone', typeof spec.timeZone === 'string'],
    ['a history', spec.successfulJobsHistoryLimit > 0 && spec.failedJobsHistoryLimit > 0],
    ['backoffLimit 0: the exit code of a run is an answer', job.backoffLimit === 0],
    [`the schedule that ${variable} has (${planned})`, spec.schedule === planned],
  ];
  return wanted.filter(([, holds]) => !holds).map(([what]) => `${nameOf(manifest)}: lacks ${what}`);
}

/** The shortest time between two starts, of the first ones of a year. */
function shortestGapMs(pattern: string, timeZone = 'UTC'): number {
  const starts = nextTimes({ pattern }, timeZone, DateTime.fromISO('2026-01-01T00:00:00Z'), startsLookedAt);
  return Math.min(...starts.slice(1).map((start, index) => start.diff(starts[index] ?? start).toMillis()));
}
