import { expect, test } from 'vitest';
import { VendorError } from '../../../src/clients/errors/vendor-error.ts';
import { pointsharpWriter } from '../../../src/clients/pointsharp/client.ts';
import { always, startServer } from '../local-server.ts';
import { pointsharpAt, session } from '../vendors.ts';

const json = { 'content-type': 'application/json' };
const xml = '<boolean xmlns="http://schemas.microsoft.com/2003/10/Serialization/">true</boolean>';

async function remove(status: number, body: string, headers = {}, confirmedBy?: string) {
  const server = await startServer(always(status, body, headers));
  const connections = pointsharpAt(server.url, confirmedBy === undefined ? {} : { confirmedBy });
  return pointsharpWriter(session(connections)).removeExpiredWindows({ username: 'kari' });
}

test.each([
  [200, ''],
  [204, ''],
  [200, 'null'],
  [200, ' true\r\n'],
  [200, '""'],
  [200, '{}'],
  [200, '\uFEFFnull'],
])('the answer %i %j confirms a write', async (status, body) => {
  await expect(remove(status, body, json)).resolves.toBeUndefined();
});

test.each([
  [200, 'Session expired'],
  [200, '{"Message":"Authorization has been denied"}'],
  [200, '{"Error":true}'],
  [200, 'false'],
  [200, '{"a":'],
  [200, '[]'],
  [202, ''],
  [203, ''],
  [206, ''],
])(
  'the answer %i %j does not confirm a write, and the others tell whom that concerns',
  async (status, body) => {
    const failure = await remove(status, body, json).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(VendorError);
    expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'ask-others', status });
    expect(failure).toMatchObject({
      problem: expect.stringContaining('does not say that it was done'),
      advice: expect.stringContaining('POINTSHARP_CONFIRMED_BY'),
    });
  },
);

test('an answer that a setting names confirms a write, also in XML, and no other does', async () => {
  const headers = { 'content-type': 'application/xml' };
  await expect(remove(200, `${xml}\n`, headers, xml)).resolves.toBeUndefined();
  await expect(remove(200, xml.replace('true', 'false'), headers, xml)).rejects.toBeInstanceOf(VendorError);
  await expect(remove(200, xml, headers)).rejects.toBeInstanceOf(VendorError);
});
