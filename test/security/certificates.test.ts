import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundleProblem } from '../../src/security/certificates.ts';
import { fixture } from '../clients/vendors.ts';

const authority = readFileSync(fixture('authority.pem'), 'utf8');
const stranger = readFileSync(fixture('stranger.pem'), 'utf8');
/** A line of it is missing, as when it is copied by hand. */
const broken = authority.split('\n').toSpliced(3, 1).join('\n');
const cut = authority.slice(0, 200);
const lines = (pem: string) => pem.trimEnd().split('\n').length;

test.each([
  ['one', authority],
  ['several', `# first\n${authority}\n# second\n${stranger}`],
  ['with carriage returns', authority.replaceAll('\n', '\r\n')],
  ['with text around them', `subject=CN = x\n${authority}issuer\n${stranger}end`],
])('a bundle of whole certificates has no problem: %s', (_, pem) => {
  expect(bundleProblem(pem)).toBeUndefined();
});

test.each(['', 'nothing', '-----BEGIN PRIVATE KEY-----\n'])('a file %j contains no certificate', (pem) => {
  expect(bundleProblem(pem)).toMatch(/^contains no certificate in PEM format/);
});

test.each([
  ['first', broken + stranger, 'contains 2 certificates, and cannot be read at number 1 (line 1)'],
  [
    'behind a good one',
    stranger + broken + authority,
    `contains 3 certificates, and cannot be read at number 2 (line ${lines(stranger) + 1}, after CN=`,
  ],
  [
    'last and cut',
    `${authority}${stranger}${cut}`,
    `contains 3 certificates, and cannot be read at number 3 (line ${lines(authority) + lines(stranger) + 1}, after CN=`,
  ],
  [
    'cut before another',
    `${cut}\n${authority}`,
    'contains 2 certificates, and cannot be read at number 1 (line 1)',
  ],
  [
    'not at the beginning of a line',
    `${stranger}  ${authority}`,
    `contains 2 certificates, and cannot be read at number 2 (line ${lines(stranger) + 1}, CN=`,
  ],
])('a broken certificate of a bundle is named by position and neighbor: %s', (_, pem, problem) => {
  expect(bundleProblem(pem)).toContain(problem);
});

test('every broken certificate of a bundle is named', () => {
  expect(bundleProblem(broken + stranger + cut)).toMatch(
    /at number 1 \(line 1\), number 3 \(line \d+, after CN=/,
  );
});
