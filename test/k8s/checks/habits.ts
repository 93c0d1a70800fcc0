import { Duration } from 'luxon';
import { caretakerSettings } from '../../../src/config/settings/groups.ts';
import { containersOf, type Manifest, nameOf, type PodTemplate } from '../manifest.ts';
import { environmentOf } from './environment.ts';

/** What a worker takes beyond its drain, at most, before it ends itself. */
const graceMs = 10_000;

/** What a pod of ours has to have beyond what Kubernetes demands. */
export function habitProblems(template: PodTemplate, manifests: readonly Manifest[]): string[] {
  const { owner, spec } = template;
  return [
    ...(spec.automountServiceAccountToken === false ? [] : [`${owner}: gets a token of the cluster`]),
    ...containersOf(template).flatMap((container) => {
      const { where, spec: own } = container;
      const { requests = {}, limits = {} } = own.resources ?? {};
      return [
        ...(own.securityContext?.readOnlyRootFilesystem
          ? []
          : [`${where}: its root file system can be written`]),
        ...(requests.cpu && requests.memory ? [] : [`${where}: requests no cpu or no memory`]),
        ...(limits.memory ? [] : [`${where}: has no limit of memory`]),
        ...graceProblems(container.where, spec, environmentOf(container, manifests)),
      ];
    }),
  ];
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
  const planned = container && environmentOf(container, manifests)[variable];
  const wanted: readonly [what: string, holds: boolean][] = [
    ['concurrencyPolicy Forbid', spec.concurrencyPolicy === 'Forbid'],
    ['startingDeadlineSeconds', spec.startingDeadlineSeconds >= 60],
    [
      'activeDeadlineSeconds: with Forbid, a pod that hangs blocks all later runs',
      job.activeDeadlineSeconds > 0,
    ],
    ['timeZone', typeof spec.timeZone === 'string'],
    ['a history', spec.successfulJobsHistoryLimit > 0 && spec.failedJobsHistoryLimit > 0],
    ['backoffLimit 0: the exit code of a run is an answer', job.backoffLimit === 0],
    [`the schedule that ${variable} has (${planned})`, spec.schedule === planned],
  ];
  return wanted.filter(([, holds]) => !holds).map(([what]) => `${nameOf(manifest)}: lacks ${what}`);
}
