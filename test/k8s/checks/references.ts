import { containersOf, isSelected, type Manifest, nameOf, podTemplates } from '../manifest.ts';

/** Names that lead nowhere. Secrets are not rendered: a person creates them, as the examples say. */
export function referenceProblems(manifests: readonly Manifest[], secrets: readonly Manifest[]): string[] {
  const has = (wanted: string, name: string) =>
    [...manifests, ...secrets].some(({ kind, metadata }) => kind === wanted && metadata.name === name);
  const templates = podTemplates(manifests);
  const ofPods = templates.flatMap((template) => {
    const { owner, spec } = template;
    const missing = (kind: string, name: string | undefined) =>
      name === undefined || has(kind, name) ? [] : [`${owner}: there is no ${kind} ${name}`];
    const volumes: { name: string; secret?: { secretName: string }; configMap?: { name: string } }[] =
      spec.volumes ?? [];
    return [
      ...missing('ServiceAccount', spec.serviceAccountName),
      ...volumes.flatMap(({ secret, configMap }) => [
        ...missing('Secret', secret?.secretName),
        ...missing('ConfigMap', configMap?.name),
      ]),
      ...containersOf(template).flatMap(({ where, spec: own }) => [
        ...(own.envFrom ?? []).flatMap((source: { configMapRef?: { name: string } }) =>
          missing('ConfigMap', source.configMapRef?.name),
        ),
        ...probePorts(own)
          .filter((port) => !portNames(own).includes(port))
          .map((port) => `${where}: a probe asks at port ${port}, which it does not have`),
      ]),
    ];
  });
  const ofSelectors = manifests.flatMap((manifest) => {
    const { kind, spec } = manifest;
    const selector =
      kind === 'Service' ? { matchLabels: spec.selector } : (spec?.selector ?? spec?.podSelector);
    if (!['Service', 'Deployment', 'StatefulSet', 'PodDisruptionBudget'].includes(kind)) return [];
    const selected = templates.filter(({ labels }) => isSelected(labels, selector));
    if (selected.length === 0) return [`${nameOf(manifest)}: selects no pod`];
    const names = selected.flatMap((template) =>
      containersOf(template).flatMap(({ spec: own }) => portNames(own)),
    );
    return (kind === 'Service' ? spec.ports : [])
      .filter(({ targetPort }: { targetPort: string }) => !names.includes(targetPort))
      .map(
        ({ targetPort }: { targetPort: string }) => `${nameOf(manifest)}: no pod has a port ${targetPort}`,
      );
  });
  const ofTargets = manifests.flatMap((manifest) => {
    const target = manifest.spec?.scaleTargetRef;
    return !target || has(target.kind, target.name)
      ? []
      : [`${nameOf(manifest)}: there is no ${target.kind} ${target.name}`];
  });
  return [...ofPods, ...ofSelectors, ...ofTargets];
}

function portNames(container: { ports?: { name: string }[] }): string[] {
  return (container.ports ?? []).map(({ name }) => name);
}

type Probe = { httpGet?: { port: string }; tcpSocket?: { port: string } } | undefined;

function probePorts(container: Readonly<Record<string, Probe>>): string[] {
  return ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((name) => {
    const probe = container[name];
    return probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? [];
  });
}
