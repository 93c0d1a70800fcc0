import { expect, it } from 'vitest';
import { findJob } from '../../src/jobs/index.ts';
import { createNamedGroups, groupsNamedBy } from '../../src/jobs/named-groups.ts';

it('only the groups that a policy names travel with a user, as the roster writes them', () => {
  const groups = createNamedGroups(['Vikarer', 'salg']);
  const user = { username: 'anna', active: true };
  expect(groups.narrow({ ...user, groups: ['Ansatte', 'SALG', 'Vikarer\u200b'] })).toEqual({
    ...user,
    groups: ['SALG', 'Vikarer\u200b'],
  });
  expect(groups.narrow({ ...user, groups: ['Ansatte'] })).toEqual(user);
  expect(groups.narrow(user)).toEqual(user);
});

it('a group is missing until a user has it, in whatever case', () => {
  const groups = createNamedGroups(['Vikarer', 'Styret']);
  groups.narrow({ username: 'anna', groups: ['Vikarer og andre', 'styret'] });
  expect(groups.missing()).toEqual(['Vikarer']);
  groups.narrow({ username: 'bo', groups: ['VIKARER'] });
  expect(groups.missing()).toEqual([]);
});

it('the groups of a run are those of the policy that it carries', () => {
  const refresh = findJob('refresh-timed-devices');
  const purge = findJob('purge-windows');
  if (!refresh || !purge) throw new Error('A job is missing.');
  expect(groupsNamedBy(refresh, { excludeGroups: 'a,b', onlyGroups: 'c' })).toEqual(['a', 'b', 'c']);
  expect(groupsNamedBy(refresh, {})).toEqual([]);
  expect(groupsNamedBy(purge, {})).toEqual([]);
});
