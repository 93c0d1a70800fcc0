/** A Kubernetes object as rendered. What is in it is for the checks to find out. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  // biome-ignore lint/suspicious/noExplicitAny: a manifest under test may hold anything
  readonly [key: string]: any;
}

type Labels = Readonly<Record<string, string>>;

/** The template of pods that an object makes. */
export interface PodTemplate {
  /** `Deployment caretaker-worker` */
  readonly owner: string;
  readonly labels: Labels;
  // biome-ignore lint/suspicious/noExplicitAny: see Manifest
  readonly spec: any;
}

/** A container of a template with where it stands, for messages. */
export interface Container {
  readonly where: string;
  readonly isInit: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: see Manifest
  readonly spec: any;
}

/** `Deployment caretaker-worker` */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** The templates of pods among these objects. */
export function podTemplates(manifests: readonly Manifest[]): PodTemplate[] {
  return manifests.flatMap((manifest) => {
    const template = manifest.spec?.jobTemplate?.spec.template ?? manifest.spec?.template;
    if (!template?.spec) return [];
    return [{ owner: nameOf(manifest), labels: template.metadata?.labels ?? {}, spec: template.spec }];
  });
}

export function containersOf({ owner, spec }: PodTemplate): Container[] {
  const named = (list: Container['spec'][] = [], isInit: boolean) =>
    list.map((one) => ({ where: `${owner}, container ${one.name}`, isInit, spec: one }));
  return [...named(spec.initContainers, true), ...named(spec.containers, false)];
}

/** Whether labels are what a selector asks for. */
export function isSelected(labels: Labels, selector: { readonly matchLabels?: Labels } | undefined): boolean {
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}
