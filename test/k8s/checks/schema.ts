import { type Manifest, nameOf } from '../manifest.ts';

type Validate = (data: unknown) => void;
type Module = Readonly<Record<string, unknown>>;

/** Where the schemas of a version of the API are. */
const schemas: Readonly<Record<string, () => Promise<Module>>> = {
  v1: () => import('kubernetes-models/v1'),
  'apps/v1': () => import('kubernetes-models/apps/v1'),
  'autoscaling/v2': () => import('kubernetes-models/autoscaling/v2'),
  'batch/v1': () => import('kubernetes-models/batch/v1'),
  'networking.k8s.io/v1': () => import('kubernetes-models/networking.k8s.io/v1'),
  'policy/v1': () => import('kubernetes-models/policy/v1'),
  'monitoring.coreos.com/v1': () => import('@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'),
};

/** What of an object is not as the schema of its kind has it, unknown fields included. */
export async function schemaProblems(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind } = manifest;
  const validate = await validatorOf(apiVersion, kind);
  if (!validate) return [`${nameOf(manifest)}: there is no ${kind} in ${apiVersion}`];
  const read = new Map<object, Set<string>>();
  try {
    validate(watched(manifest, read));
  } catch (error) {
    return [`${nameOf(manifest)}: ${(error as Error).message}`];
  }
  return unread(manifest, read, '').map((path) => `${nameOf(manifest)}: the schema has no ${path}`);
}

async function validatorOf(apiVersion: string, kind: string): Promise<Validate | undefined> {
  const found = (await schemas[apiVersion]?.())?.[kind];
  if (typeof found !== 'function') return undefined;
  const Model = found as { prototype: { validate: () => void } };
  // On the object itself: a new model would be a copy, and would hide who reads what.
  return (data) => Model.prototype.validate.call(data);
}

/*
 * The validators pass over fields they do not know. But they are code that reads each field it knows: what was read
 * by none of them is in no schema.
 */
function watched<T extends object>(target: T, read: Map<object, Set<string>>): T {
  const keys = new Set<string>();
  read.set(target, keys);
  const parts = new Map<string, object>();
  return new Proxy(target, {
    get(object, key) {
      const value = Reflect.get(object, key);
      if (typeof key !== 'string') return value;
      keys.add(key);
      if (typeof value !== 'object' || value === null) return value;
      const part = parts.get(key) ?? watched(value as object, read);
      parts.set(key, part);
      return part;
    },
  });
}

function unread(part: object, read: ReadonlyMap<object, ReadonlySet<string>>, path: string): string[] {
  const keys = read.get(part);
  return Object.entries(part).flatMap(([key, value]) => {
    const here = Array.isArray(part) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!keys?.has(key)) return [here];
    return typeof value === 'object' && value !== null ? unread(value, read, here) : [];
  });
}
