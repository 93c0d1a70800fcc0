import { expect, test } from 'vitest';
import { ask, basic, start } from '../world.ts';

const good = '$select=associateDbId,userName&$orderBy=associateDbId&$top=2&$skip=1&$output=Logical';

test.for([
  ['as documented', good, 200, 0],
  ['without an order', good.replace('$orderBy=associateDbId&', ''), 400, 1],
  ['without a size', good.replace('$top=2&', ''), 400, 1],
  ['with a count', `${good}&$inlineCount=True`, 400, 1],
  ['with a column that is none', good.replace('userName', 'password'), 400, 1],
  ['without saying how true and false are written', good.replace('&$output=Logical', ''), 400, 1],
] as const)(
  'users asked for %s are answered in the way of the archive',
  async ([_, query, status, violations]) => {
    const { superoffice } = await start({ users: 4 });
    const reply = await ask('GET', `${superoffice.url}v1/Archive/AllUsers?${query}`, {
      headers: { authorization: basic },
    });
    expect(reply.status).toBe(status);
    expect(superoffice.traffic.facts().violations.total).toBe(violations);
  },
);

test('a page has the users from its place on, and says whether there are more', async () => {
  const { superoffice, people } = await start({ users: 4 });
  const page = async (skip: number) => {
    const query = good.replace('$skip=1', `$skip=${skip}`);
    const { body } = await ask('GET', `${superoffice.url}v1/Archive/AllUsers?${query}`, {
      headers: { authorization: basic },
    });
    const { value, 'odata.nextLink': next } = JSON.parse(body);
    return [value.map(({ userName }: { userName: string }) => userName), next !== null];
  };
  expect(await page(0)).toEqual([[people.username(0), people.username(1)], true]);
  expect(await page(2)).toEqual([[people.username(2), people.username(3)], false]);
  expect(await page(4)).toEqual([[], false]);
});
