import { beforeAll, describe, expect, it } from 'vitest';
import { problemsOf } from './checks/all.ts';
import { components, exampleSecrets } from './deployments.ts';
import type { Manifest } from './manifest.ts';
import { renderWith } from './render.ts';

let worker: Manifest[];
let cronJobs: Manifest[];
beforeAll(async () => {
  worker = await renderWith('overlays/observe', components);
  cronJobs = await renderWith('cronjob', ['components/cronjob-alerts']);
});

/** Breaks one object of a copy, given its spec and the spec of its pod. */
// biome-ignore lint/suspicious/noExplicitAny: what is broken on purpose may be anything
type Break = (spec: any, pod: any, manifest: any) => void;

async function problemsAfter(manifests: readonly Manifest[], kind: string, broken: Break): Promise<string[]> {
  const copy = structuredClone(manifests) as Manifest[];
  // Of the ConfigMaps, the one of the policies.
  const found = copy.find((one) => one.kind === kind && (one.data?.CARETAKER_ROSTER ?? kind !== 'ConfigMap'));
  if (!found) throw new Error(`there is no ${kind}`);
  const { spec } = found;
  broken(spec, (spec?.jobTemplate?.spec ?? spec)?.template?.spec, found);
  return problemsOf(copy, exampleSecrets);
}

const breaks: readonly [what: string, kind: string, problem: string, broken: Break][] = [
  [
    'a field of another type',
    'Deployment',
    'replicas must be integer',
    (spec) => {
      spec.replicas = 'two';
    },
  ],
  [
    'a field that is missing',
    'Deployment',
    'must have required property selector',
    (spec) => {
      delete spec.selector;
    },
  ],
  [
    'a field that nobody knows',
    'Deployment',
    'the schema has no spec.template.spec.containers[0].readynessProbe',
    (_, pod) => {
      pod.containers[0].readynessProbe = {};
    },
  ],
  [
    'a quantity that is none',
    'Deployment',
    'must match format "quantity"',
    (_, pod) => {
      pod.containers[0].resources.limits.memory = '384 megabytes';
    },
  ],
  [
    'a kind that its version does not have',
    'Deployment',
    'there is no Deployement in apps/v1',
    (_, __, manifest) => {
      manifest.kind = 'Deployement';
    },
  ],
  [
    'the network of the node',
    'Deployment',
    'restricted demands no namespace of the node',
    (_, pod) => {
      pod.hostNetwork = true;
    },
  ],
  [
    'a folder of the node',
    'Deployment',
    'restricted demands only kinds of volumes',
    (_, pod) => {
      pod.volumes[2] = { name: 'tmp', hostPath: { path: '/' } };
    },
  ],
  [
    'an unsafe sysctl',
    'Deployment',
    'restricted demands only safe sysctls',
    (_, pod) => {
      pod.securityContext.sysctls = [{ name: 'kernel.msgmax', value: '1' }];
    },
  ],
  [
    'a pod that may be root',
    'Deployment',
    'restricted demands runAsNonRoot: true',
    (_, pod) => {
      delete pod.securityContext.runAsNonRoot;
    },
  ],
  [
    'root',
    'Deployment',
    'restricted demands runAsUser not 0',
    (_, pod) => {
      pod.containers[0].securityContext.runAsUser = 0;
    },
  ],
  [
    'no seccomp profile',
    'Deployment',
    'restricted demands seccompProfile',
    (_, pod) => {
      delete pod.securityContext.seccompProfile;
    },
  ],
  [
    'a privileged container',
    'Deployment',
    'restricted demands not privileged',
    (_, pod) => {
      pod.containers[0].securityContext.privileged = true;
    },
  ],
  [
    'privileges to be had',
    'Deployment',
    'container doctor: restricted demands allowPrivilegeEscalation: false',
    (_, pod) => {
      delete pod.initContainers[0].securityContext.allowPrivilegeEscalation;
    },
  ],
  [
    'capabilities that are kept',
    'Deployment',
    'restricted demands capabilities drop ALL',
    (_, pod) => {
      pod.containers[0].securityContext.capabilities.drop = ['KILL'];
    },
  ],
  [
    'a capability that is added',
    'Deployment',
    'restricted demands no capability added',
    (_, pod) => {
      pod.containers[0].securityContext.capabilities.add = ['SYS_ADMIN'];
    },
  ],
  [
    'an unmasked /proc',
    'Deployment',
    'restricted demands the ordinary /proc',
    (_, pod) => {
      pod.containers[0].securityContext.procMount = 'Unmasked';
    },
  ],
  [
    'SELinux options',
    'Deployment',
    'restricted demands no SELinux options',
    (_, pod) => {
      pod.securityContext.seLinuxOptions = { type: 'spc_t' };
    },
  ],
  [
    'AppArmor switched off',
    'Deployment',
    'restricted demands AppArmor not switched off',
    (_, pod) => {
      pod.securityContext.appArmorProfile = { type: 'Unconfined' };
    },
  ],
  [
    'a process of a Windows node',
    'Deployment',
    'restricted demands no process of a Windows node',
    (_, pod) => {
      pod.securityContext.windowsOptions = { hostProcess: true };
    },
  ],
  [
    'a port of the node',
    'Deployment',
    'restricted demands no port of the node',
    (_, pod) => {
      pod.containers[0].ports[0].hostPort = 8080;
    },
  ],
  [
    'a probe at another host',
    'Deployment',
    'restricted demands no probe or hook at another host',
    (_, pod) => {
      pod.containers[0].livenessProbe.httpGet.host = '192.0.2.1';
    },
  ],
  [
    'a Redis that may be root',
    'StatefulSet',
    'caretaker-redis, container redis: restricted demands runAsNonRoot',
    (_, pod) => {
      pod.securityContext = {};
    },
  ],
  [
    'a worker without a doctor',
    'Deployment',
    'Deployment caretaker-worker: lacks the init container with doctor --start',
    (_, pod) => {
      delete pod.initContainers;
    },
  ],
  [
    'a doctor that stops a worker while a vendor is down',
    'Deployment',
    'Deployment caretaker-worker: lacks the init container with doctor --start',
    (_, pod) => {
      pod.initContainers[0].args = ['doctor'];
    },
  ],
  [
    'a doctor of another image',
    'Deployment',
    'container doctor: has another image',
    (_, pod) => {
      pod.initContainers[0].image = 'device-caretaker:0.0.9';
    },
  ],
  [
    'a token of the cluster',
    'Deployment',
    'gets a token of the cluster',
    (_, pod) => {
      delete pod.automountServiceAccountToken;
    },
  ],
  [
    'a root file system that can be written',
    'Deployment',
    'its root file system can be written',
    (_, pod) => {
      pod.containers[0].securityContext.readOnlyRootFilesystem = false;
    },
  ],
  [
    'no limit of memory',
    'Deployment',
    'has no limit of memory',
    (_, pod) => {
      delete pod.containers[0].resources.limits;
    },
  ],
  [
    'no requests',
    'Deployment',
    'requests no cpu or no memory',
    (_, pod) => {
      delete pod.containers[0].resources.requests;
    },
  ],
  [
    'a disk of the node that may be filled',
    'Deployment',
    'container caretaker: may fill the disk of its node',
    (_, pod) => {
      delete pod.containers[0].resources.limits['ephemeral-storage'];
    },
  ],
  [
    'a folder that may hold more than the disk that its container may use',
    'Deployment',
    'container caretaker: is evicted before its emptyDir is full',
    (_, pod) => {
      pod.containers[0].resources.limits['ephemeral-storage'] = '512Mi';
    },
  ],
  [
    'a grace period that ends before the drain',
    'Deployment',
    'is killed after 35 s, and may take 35 s',
    (_, pod) => {
      pod.terminationGracePeriodSeconds = 35;
    },
  ],
  [
    'a drain that outlasts the grace period',
    'ConfigMap',
    'is killed after 40 s, and may take 70 s',
    (_, __, { data }) => {
      data.CARETAKER_DRAIN_TIMEOUT = 'PT1M';
    },
  ],
  [
    'a variable that is misspelt',
    'ConfigMap',
    'nobody reads PURGE_WINDOWS_MAX_ACTION',
    (_, __, { data }) => {
      data.PURGE_WINDOWS_MAX_ACTION = '5';
    },
  ],
  [
    'a _FILE of a variable that takes none',
    'ConfigMap',
    'nobody reads POINTSHARP_USERNAME_FILE',
    (_, __, { data }) => {
      data.POINTSHARP_USERNAME_FILE = '/secrets/user';
    },
  ],
  [
    'a secret among the policies',
    'ConfigMap',
    'POINTSHARP_PASSWORD is a secret and has to come as a file',
    (_, __, { data }) => {
      data.POINTSHARP_PASSWORD = 'x';
    },
  ],
  [
    'a secret as variables',
    'Deployment',
    'takes a whole Secret as variables',
    (_, pod) => {
      pod.containers[0].envFrom = [...pod.containers[0].envFrom, { secretRef: { name: 'caretaker' } }];
    },
  ],
  [
    'a file where nothing is mounted',
    'ConfigMap',
    'REDIS_URL_FILE is /run/redis-url, where nothing is mounted',
    (_, __, { data }) => {
      data.REDIS_URL_FILE = '/run/redis-url';
    },
  ],
  [
    'a ConfigMap that is not there',
    'Deployment',
    'there is no ConfigMap nobodys',
    (_, pod) => {
      pod.containers[0].envFrom = [{ configMapRef: { name: 'nobodys' } }];
    },
  ],
  [
    'a Secret that is in no example',
    'Deployment',
    'there is no Secret nobodys',
    (_, pod) => {
      pod.volumes[0].secret.secretName = 'nobodys';
    },
  ],
  [
    'an account that is not there',
    'Deployment',
    'there is no ServiceAccount nobodys',
    (_, pod) => {
      pod.serviceAccountName = 'nobodys';
    },
  ],
  [
    'a probe at a port that is not there',
    'Deployment',
    'a probe asks at port http, which it does not have',
    (_, pod) => {
      pod.containers[0].readinessProbe.httpGet.port = 'http';
    },
  ],
  [
    'a Service that selects nobody',
    'Service',
    'Service caretaker: selects no pod',
    (spec) => {
      spec.selector = { 'app.kubernetes.io/name': 'caretakers' };
    },
  ],
  [
    'a Service of a port that is not there',
    'Service',
    'no pod has a port metrics',
    (spec) => {
      spec.ports[0].targetPort = 'metrics';
    },
  ],
  [
    'a budget for nobody',
    'PodDisruptionBudget',
    'PodDisruptionBudget caretaker-worker: selects no pod',
    (spec) => {
      spec.selector.matchLabels.app = 'x';
    },
  ],
  [
    'an autoscaler of nothing',
    'HorizontalPodAutoscaler',
    'there is no Deployment caretaker',
    (spec) => {
      spec.scaleTargetRef.name = 'caretaker';
    },
  ],
  [
    'a way out to anybody',
    'NetworkPolicy',
    'Deployment caretaker-worker: is open for TCP 443 to anybody',
    (spec) => {
      spec.egress.push({ ports: [{ port: 443 }] });
    },
  ],
  [
    'a way out to all addresses',
    'NetworkPolicy',
    'is open for anything to anybody',
    (spec) => {
      spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] });
    },
  ],
  [
    'a way in for anybody',
    'NetworkPolicy',
    'is open for TCP ops from anybody',
    (spec) => {
      delete spec.ingress[0].from;
    },
  ],
  [
    'policies that are not for the pods',
    'Deployment',
    'is open for anything to anybody',
    (spec) => {
      spec.template.metadata.labels['app.kubernetes.io/name'] = 'other';
    },
  ],
];

const cronJobBreaks: readonly [what: string, problem: string, broken: Break][] = [
  [
    'no doctor',
    'lacks the init container with doctor --start',
    (_, pod) => {
      delete pod.initContainers;
    },
  ],
  [
    'a doctor that stops a run while a vendor is down',
    'lacks the init container with doctor --start',
    (_, pod) => {
      pod.initContainers[0].args = ['doctor'];
    },
  ],
  [
    'a doctor that looks at another configuration',
    'container doctor: has another envFrom',
    (_, pod) => {
      pod.initContainers[0].envFrom = [];
    },
  ],
  [
    'a doctor without the roster',
    'container doctor: has another volumeMounts',
    (_, pod) => {
      pod.initContainers[0].volumeMounts.splice(1, 1);
    },
  ],
  [
    'a doctor that may be root',
    'container doctor: restricted demands runAsUser not 0',
    (_, pod) => {
      pod.initContainers[0].securityContext.runAsUser = 0;
    },
  ],
  [
    'a run that is begun anew by the node',
    'lacks restartPolicy Never',
    (_, pod) => {
      pod.restartPolicy = 'OnFailure';
    },
  ],
  [
    'a run that may last until the next one is due',
    'lacks activeDeadlineSeconds below the gap',
    (spec) => {
      spec.jobTemplate.spec.activeDeadlineSeconds = 8 * 86_400;
    },
  ],
  [
    'a Job that is gone before anybody looks',
    'lacks a Job that is kept for a day',
    (spec) => {
      spec.jobTemplate.spec.ttlSecondsAfterFinished = 600;
    },
  ],
  [
    'runs that overlap',
    'lacks concurrencyPolicy Forbid',
    (spec) => {
      spec.concurrencyPolicy = 'Allow';
    },
  ],
  [
    'no deadline for a start',
    'lacks startingDeadlineSeconds',
    (spec) => {
      delete spec.startingDeadlineSeconds;
    },
  ],
  [
    'no deadline for a run',
    'lacks activeDeadlineSeconds',
    (spec) => {
      delete spec.jobTemplate.spec.activeDeadlineSeconds;
    },
  ],
  [
    'no time zone',
    'lacks timeZone',
    (spec) => {
      delete spec.timeZone;
    },
  ],
  [
    'no history',
    'lacks a history',
    (spec) => {
      spec.failedJobsHistoryLimit = 0;
    },
  ],
  [
    'a run that is tried again by the cluster',
    'lacks backoffLimit 0',
    (spec) => {
      spec.jobTemplate.spec.backoffLimit = 6;
    },
  ],
  [
    'a schedule that the policy does not know',
    'lacks the schedule that',
    (spec) => {
      spec.schedule = '0 0 1 * *';
    },
  ],
  [
    'a grace period left to chance',
    'is killed after 30 s',
    (_, pod) => {
      delete pod.terminationGracePeriodSeconds;
    },
  ],
  [
    'a job that may be root',
    'restricted demands runAsNonRoot',
    (_, pod) => {
      delete pod.securityContext.runAsNonRoot;
    },
  ],
];

const cronJobPolicyBreaks: readonly [what: string, problem: string, failOn: string | undefined][] = [
  ['exit codes as on a terminal', 'CARETAKER_FAIL_ON with failed, held and stopped', undefined],
  ['a held run that nobody is told of', 'CARETAKER_FAIL_ON with failed, held and stopped', 'failed,stopped'],
  ['a single user that fails a Job', 'CARETAKER_FAIL_ON without failures', 'failures,failed,held,stopped'],
  ['a skipped run that fails a Job', 'CARETAKER_FAIL_ON without failures', 'failed,held,stopped,skipped'],
];

describe('a manifest that is broken on purpose', () => {
  it.each(breaks)('a manifest broken on purpose is found out: %s', async (_, kind, problem, broken) => {
    const problems = await problemsAfter(worker, kind, broken);
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  it.each(cronJobBreaks)('a CronJob broken on purpose is found out: %s', async (_, problem, broken) => {
    const problems = await problemsAfter(cronJobs, 'CronJob', broken);
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  it.each(cronJobPolicyBreaks)(
    'a policy of CronJobs broken on purpose is found out: %s',
    async (_, problem, failOn) => {
      const problems = await problemsAfter(cronJobs, 'ConfigMap', (_spec, _pod, { data }) => {
        data.CARETAKER_FAIL_ON = failOn;
        if (failOn === undefined) delete data.CARETAKER_FAIL_ON;
      });
      expect(problems).toContainEqual(expect.stringContaining(problem));
    },
  );

  it('what is broken in a manifest is what is found, and nothing else', async () => {
    expect(await problemsOf(worker, exampleSecrets)).toEqual([]);
    expect(await problemsOf(cronJobs, exampleSecrets)).toEqual([]);
  });
});
