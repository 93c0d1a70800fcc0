import { describe, expect, it } from 'vitest';
import { auditSeverities } from '../../src/policies/audit-pocket.ts';
import { allPages } from './markdown.ts';

/** The rules of the page with the severity above each, and what its text lacks. */
function rulesOf(page: string): { severities: Record<string, string>; lacks: string[] } {
  const severities: Record<string, string> = {};
  const lacks: string[] = [];
  for (const section of page.split(/^## /m).slice(1)) {
    const [severity = '', ...rest] = section.split('\n');
    for (const part of rest.join('\n').split(/^### /m).slice(1)) {
      const [rule = ''] = part.split('\n');
      severities[rule] = severity;
      for (const mark of ['\n**Means** that ', '\n**Do**: ']) {
        if (!part.includes(mark)) lacks.push(`${rule}: ${mark.trim()}`);
      }
    }
  }
  return { severities, lacks };
}

describe('the page of findings', () => {
  const page = allPages().get('docs/findings.md') ?? '';

  it('the page of findings has every rule of the audit, under its severity, and no other', () => {
    expect(rulesOf(page).severities).toEqual(auditSeverities);
  });

  it('the page of findings says of every rule what it means and what to do', () => {
    expect(rulesOf(page).lacks).toEqual([]);
  });

  it('a page of findings that leaves out what to do is found', () => {
    expect(rulesOf('## low\n\n### a\n\n**Means** that b.\n')).toEqual({
      severities: { a: 'low' },
      lacks: ['a: **Do**:'],
    });
  });
});
