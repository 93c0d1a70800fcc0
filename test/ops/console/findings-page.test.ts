import { expect, it } from 'vitest';
import { findingsPage } from '../../../src/ops/console/pages/findings.ts';
import { finding } from '../../../src/policies/finding.ts';
import type { LastFindings } from '../../../src/queue/records/last-findings.ts';
import { toFindingRow } from '../../../src/queue/views/finding-rows.ts';

const last: LastFindings = {
  job: 'audit-pocket',
  run: 'audit-pocket-20261123T053000Z-abcdef',
  rules: [
    { rule: 'shared-device', severity: 'high', found: 810, kept: 810 },
    { rule: 'outdated-app', severity: 'low', found: 5116, kept: 5000 },
  ],
};
const query = { severity: undefined, rule: undefined, user: '', page: 1 };
const facts = { rule: 'outdated-app', severity: 'low', subject: '<b>phone</b>', detail: 'app 10' } as const;
const rows = [101, 102].map((associate) =>
  toFindingRow(finding({ ...facts, associates: [associate] }, [associate]), new Map([[101, 'kari']])),
);
const page = (change = {}, part: object = {}) =>
  findingsPage({
    last,
    query: { ...query, ...change },
    part: { rows, ...part },
    missing: undefined,
  }).toString();

it('the page of findings counts in its tabs what there is, not what it shows', () => {
  const text = page().replaceAll('\u202f', ' ');
  for (const tab of ['all (5 926)', 'high (810)', 'medium (0)', 'low (5 116)']) expect(text).toContain(tab);
  expect(text).toContain('116 findings more can only be read in the log');
});

it('the page of findings says of each rule what it means and what to do, and names user and associate', () => {
  const text = page();
  expect(text).toContain('One device is registered under several associates');
  expect(text).toContain('Ask the user to update Pocket in the store of the phone');
  expect(text).toContain('kari<small>associate 101</small>');
  expect(text).toContain('&lt;b&gt;phone&lt;/b&gt;');
});

it('the page of findings leads to the next and the previous page of the same choice', () => {
  const text = page({ rule: 'outdated-app', severity: 'low', page: 2 });
  expect(text).toContain('href="/findings?severity=low&amp;rule=outdated-app&amp;page=3"');
  expect(text).toContain('href="/findings?severity=low&amp;rule=outdated-app"');
  expect(text).toContain('201 to 202 of');
  const found = page({ user: 'kari' }, { matching: 2 });
  expect(found).toContain('1 to 2 of 2');
  expect(found).not.toContain('Pages of findings');
});
