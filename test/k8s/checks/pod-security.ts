import { type Container, containersOf, type PodTemplate } from '../manifest.ts';

/** A rule of the Pod Security standard: what has to hold of a pod, or of each container in it. */
type Rule<T> = readonly [rule: string, isKept: (part: T) => boolean];
// biome-ignore lint/suspicious/noExplicitAny: a manifest under test may hold anything
type Spec = any;

const volumeKinds = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const selinuxTypes = [
  undefined,
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];
const isProfile = (type: unknown) => type === 'RuntimeDefault' || type === 'Localhost';
const hasPlainSelinux = (context: Spec) =>
  selinuxTypes.includes(context?.seLinuxOptions?.type) &&
  !context?.seLinuxOptions?.user &&
  !context?.seLinuxOptions?.role;
const hasPlainAppArmor = (context: Spec) => context?.appArmorProfile?.type !== 'Unconfined';
const handlers = (spec: Spec): Spec[] => [
  spec.livenessProbe,
  spec.readinessProbe,
  spec.startupProbe,
  spec.lifecycle?.postStart,
  spec.lifecycle?.preStop,
];

const podRules: readonly Rule<Spec>[] = [
  ['no namespace of the node', (pod) => !pod.hostNetwork && !pod.hostPID && !pod.hostIPC],
  ['no process of a Windows node', (pod) => !pod.securityContext?.windowsOptions?.hostProcess],
  [
    'only kinds of volumes that are allowed',
    (pod) =>
      (pod.volumes ?? []).every((volume: Spec) =>
        Object.keys(volume).every((key) => key === 'name' || volumeKinds.includes(key)),
      ),
  ],
  [
    'only safe sysctls',
    (pod) => (pod.securityContext?.sysctls ?? []).every(({ name }: Spec) => safeSysctls.includes(name)),
  ],
  ['no SELinux options of its own', (pod) => hasPlainSelinux(pod.securityContext)],
  ['AppArmor not switched off', (pod) => hasPlainAppArmor(pod.securityContext)],
];

/** The settings of a pod hold for its containers where they say nothing. */
const containerRules: readonly Rule<{ own: Spec; pod: Spec; spec: Spec }>[] = [
  ['not privileged', ({ own }) => !own.privileged],
  ['allowPrivilegeEscalation: false', ({ own }) => own.allowPrivilegeEscalation === false],
  ['runAsNonRoot: true', ({ own, pod }) => (own.runAsNonRoot ?? pod.runAsNonRoot) === true],
  ['runAsUser not 0', ({ own, pod }) => own.runAsUser !== 0 && pod.runAsUser !== 0],
  [
    'seccompProfile RuntimeDefault or Localhost',
    ({ own, pod }) => isProfile((own.seccompProfile ?? pod.seccompProfile)?.type),
  ],
  ['capabilities drop ALL', ({ own }) => own.capabilities?.drop?.includes('ALL') === true],
  [
    'no capability added but NET_BIND_SERVICE',
    ({ own }) => (own.capabilities?.add ?? []).every((name: string) => name === 'NET_BIND_SERVICE'),
  ],
  ['the ordinary /proc', ({ own }) => own.procMount === undefined || own.procMount === 'Default'],
  ['no process of a Windows node', ({ own }) => !own.windowsOptions?.hostProcess],
  ['no SELinux options of its own', ({ own }) => hasPlainSelinux(own)],
  ['AppArmor not switched off', ({ own }) => hasPlainAppArmor(own)],
  ['no port of the node', ({ spec }) => (spec.ports ?? []).every(({ hostPort }: Spec) => !hostPort)],
  [
    'no probe or hook at another host',
    ({ spec }) => handlers(spec).every((handler) => !handler?.httpGet?.host && !handler?.tcpSocket?.host),
  ],
];

/** Every rule of the Pod Security level "restricted" that a pod breaks. The rules are those of the standard, all of them. */
export function restrictedProblems(template: PodTemplate): string[] {
  const { owner, spec } = template;
  const ofPod = podRules
    .filter(([, isKept]) => !isKept(spec))
    .map(([rule]) => `${owner}: restricted demands ${rule}`);
  return [...ofPod, ...containersOf(template).flatMap((container) => ofContainer(container, spec))];
}

function ofContainer({ where, spec }: Container, pod: Spec): string[] {
  const parts = { own: spec.securityContext ?? {}, pod: pod.securityContext ?? {}, spec };
  return containerRules
    .filter(([, isKept]) => !isKept(parts))
    .map(([rule]) => `${where}: restricted demands ${rule}`);
}
