import { type Manifest, podTemplates } from '../manifest.ts';
import { variableProblems } from './environment.ts';
import { cronJobProblems, habitProblems } from './habits.ts';
import { networkProblems } from './network.ts';
import { restrictedProblems } from './pod-security.ts';
import { referenceProblems } from './references.ts';
import { schemaProblems } from './schema.ts';

/** Everything that is wrong with the objects of one deployment; `secrets` are those a person creates. */
export async function problemsOf(
  manifests: readonly Manifest[],
  secrets: readonly Manifest[],
): Promise<string[]> {
  const templates = podTemplates(manifests);
  const ours = templates.filter(({ labels }) => labels['app.kubernetes.io/name'] === 'caretaker');
  return [
    ...(await Promise.all(manifests.map(schemaProblems))).flat(),
    ...templates.flatMap(restrictedProblems),
    ...templates.flatMap((template) => habitProblems(template, manifests)),
    ...manifests.flatMap((manifest) => cronJobProblems(manifest, manifests)),
    ...variableProblems(manifests, ours),
    ...referenceProblems(manifests, secrets),
    ...networkProblems(manifests),
  ];
}
