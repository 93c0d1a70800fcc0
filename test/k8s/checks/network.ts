import { isSelected, type Manifest, type PodTemplate, podTemplates } from '../manifest.ts';

interface Rule {
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port: string | number }[];
}

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly ipBlock?: { readonly cidr: string };
}

/** Whom the pods may reach and who may reach them, as `TCP 6379 to caretaker-redis`; `anybody` where no rule says. */
export function openings(template: PodTemplate, manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(
    ({ kind, spec }) => kind === 'NetworkPolicy' && isSelected(template.labels, spec.podSelector),
  );
  const of = (type: 'Ingress' | 'Egress', key: 'ingress' | 'egress') => {
    const governing = policies.filter(({ spec }) => spec.policyTypes?.includes(type));
    if (governing.length === 0) return [`anything ${wayOf(type)} anybody`];
    return governing.flatMap(({ spec }) => (spec[key] ?? []).flatMap((rule: Rule) => opening(type, rule)));
  };
  return [...of('Ingress', 'ingress'), ...of('Egress', 'egress')].sort();
}

const wayOf = (type: 'Ingress' | 'Egress') => (type === 'Ingress' ? 'from' : 'to');

function opening(type: 'Ingress' | 'Egress', rule: Rule): string[] {
  const peers = (type === 'Ingress' ? rule.from : rule.to) ?? [];
  const ports = rule.ports?.map(({ protocol = 'TCP', port }) => `${protocol} ${port}`) ?? ['anything'];
  const names = peers.length > 0 ? peers.map(peerName) : ['anybody'];
  return ports.flatMap((port) => names.map((name) => `${port} ${wayOf(type)} ${name}`));
}

function peerName({ namespaceSelector, podSelector, ipBlock }: Peer): string {
  if (ipBlock) return ipBlock.cidr.endsWith('/0') ? 'anybody' : 'an address';
  const labels = { ...namespaceSelector?.matchLabels, ...podSelector?.matchLabels };
  return Object.values(labels).join('/') || 'anybody';
}

/** All that a pod of each kind may do on the network, beyond answering. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  caretaker: [
    'TCP 443 to an address',
    // NodeLocal DNSCache, in the example.
    'TCP 53 to an address',
    'UDP 53 to an address',
    'TCP 53 to kube-system/kube-dns',
    'TCP 6379 to caretaker-redis',
    'TCP ops from monitoring',
    'UDP 53 to kube-system/kube-dns',
  ],
  'caretaker-redis': ['TCP redis from caretaker'],
};

/** Openings that no pod of its kind needs. */
export function networkProblems(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests).flatMap((template) => {
    const kind = template.labels['app.kubernetes.io/name'] ?? '';
    return openings(template, manifests)
      .filter((one) => !allowed[kind]?.includes(one))
      .map((one) => `${template.owner}: is open for ${one}`);
  });
}
