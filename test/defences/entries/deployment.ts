import { type Defence, defence } from '../defence.ts';

const dockerfile = 'test/image/dockerfile.test.ts';
const manifests = 'test/k8s/manifests.test.ts';
const deployment = 'k8s/base/deployment.yaml';
const supply = 'test/supply/supply.test.ts';
const sound = 'is justified, freely licensed, from a registry, with a checksum and without surprises';

/** “Image and cluster” and “Supply chain”. */
export const deploymentDefences: readonly Defence[] = [
  defence(dockerfile, 'runs as a user with a number, without a shell', [
    ['Dockerfile', 'USER 10001:10001\nSTOPSIGNAL', 'USER root\nSTOPSIGNAL'],
  ]),
  defence(dockerfile, 'runs as a user with a number, without a shell', [
    ['Dockerfile', 'ENTRYPOINT ["node", "src/caretaker.ts"]', 'ENTRYPOINT node src/caretaker.ts'],
  ]),
  defence(dockerfile, 'ends in the stage for production, which has the program and no simulators', [
    ['Dockerfile', 'FROM program AS production', 'FROM trial AS production'],
  ]),
  defence(manifests, 'have nothing wrong in', [
    [deployment, 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
  ]),
  defence(manifests, 'have nothing wrong in', [[deployment, 'runAsNonRoot: true', 'runAsNonRoot: false']]),
  defence(manifests, 'have nothing wrong in', [[deployment, 'drop: [ALL]', 'drop: []']]),
  defence(manifests, 'have nothing wrong in', [
    [deployment, 'automountServiceAccountToken: false', 'automountServiceAccountToken: true'],
  ]),
  defence(manifests, 'let the pods reach DNS, Redis and the two vendors', [
    ['k8s/common/network-policies.yaml', 'cidr: 192.0.2.10/32', 'cidr: 0.0.0.0/0'],
  ]),
  defence(manifests, 'let the pods reach DNS, Redis and the two vendors', [
    ['k8s/common/network-policies.yaml', 'policyTypes: [Ingress, Egress]', 'policyTypes: [Ingress]'],
  ]),
  defence('test/k8s/broken.test.ts', 'is found out', [
    [
      'test/k8s/checks/habits.ts',
      '...(own.securityContext?.readOnlyRootFilesystem',
      '...(own.securityContext',
    ],
  ]),
  defence(supply, sound, [
    [
      'package-lock.json',
      '"node_modules/commander": {\n      "version": "15.1.0",\n      "integrity"',
      '"node_modules/commander": {\n      "version": "15.1.0",\n      "checksum"',
    ],
  ]),
  defence(supply, sound, [
    [
      'package-lock.json',
      'IgbIaU3ddQ==",\n      "license": "MIT"',
      'IgbIaU3ddQ==",\n      "license": "GPL-3.0-only"',
    ],
  ]),
  defence(supply, sound, [['package.json', '"msgpackr-extract": false', '"another": false']]),
  defence(supply, sound, [['docs/libraries.md', '| commander ', '| comander ']]),
  defence('test/supply/advisories.test.ts', 'never takes silence for a clean record', [
    [
      'test/supply/advisories.ts',
      'return { code: 2, text: `Not looked up',
      'return { code: 0, text: `Not looked up',
    ],
  ]),
];
