import { allVariables } from '../../../src/config/settings/all.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { type Container, containersOf, type Manifest, type PodTemplate, podTemplates } from '../manifest.ts';

/** Variables of Node itself, and those by which the libraries for traces are told where to send them. */
const others = /^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|OTEL_[A-Z_]+)$/;
const known = new Set(
  allVariables(jobs).flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name])),
);
const secretNames = new Set(allVariables(jobs).flatMap(([name, { secret }]) => (secret ? [name] : [])));

/** Whether the program, or what it runs on, reads a variable. */
export function isKnownVariable(name: string): boolean {
  return known.has(name) || others.test(name);
}

/** The variables of a container with their values, from its ConfigMaps and its own; a value from elsewhere is ''. */
export function environmentOf({ spec }: Container, manifests: readonly Manifest[]): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { configMapRef } of spec.envFrom ?? []) {
    const map = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    Object.assign(environment, map?.data);
  }
  for (const { name, value = '' } of spec.env ?? []) environment[name] = value;
  return environment;
}

/** Variables that nobody reads, secrets that are no files, and files that are not mounted. */
export function variableProblems(
  manifests: readonly Manifest[],
  templates: readonly PodTemplate[] = podTemplates(manifests),
): string[] {
  return templates.flatMap((template) =>
    containersOf(template).flatMap((container) => {
      const { where, spec } = container;
      const environment = environmentOf(container, manifests);
      const mounts: string[] = (spec.volumeMounts ?? []).map(
        ({ mountPath }: { mountPath: string }) => mountPath,
      );
      const isMounted = (path: string) => mounts.some((mount) => path.startsWith(`${mount}/`));
      return [
        ...Object.keys(environment)
          .filter((name) => !isKnownVariable(name))
          .map((name) => `${where}: nobody reads ${name}`),
        ...Object.keys(environment)
          .filter((name) => secretNames.has(name))
          .map((name) => `${where}: ${name} is a secret and has to come as a file, by ${name}_FILE`),
        ...(spec.envFrom ?? [])
          .filter((source: { secretRef?: unknown }) => source.secretRef)
          .map(() => `${where}: takes a whole Secret as variables; secrets have to come as files`),
        ...Object.entries(environment)
          .filter(
            ([name, value]) => /_FILE$|^CARETAKER_ROSTER$/.test(name) && value !== '-' && !isMounted(value),
          )
          .map(([name, value]) => `${where}: ${name} is ${value}, where nothing is mounted`),
      ];
    }),
  );
}
