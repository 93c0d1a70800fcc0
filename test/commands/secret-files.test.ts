import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProxy } from '../clients/local-proxy.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({
    users: 20,
    superofficeAuth: { kind: 'basic', username: 'caretaker', password: 'second-kanari' },
  });
});
afterAll(() => endToEnd.close());

describe('a secret in a file, in whole processes', () => {
  it('a worker uses a secret that changed in its file without a restart, and logs neither', async () => {
    const path = await endToEnd.file('password', 'first-kanari');
    const worker = endToEnd.start(['worker'], {
      SUPEROFFICE_PASSWORD: '',
      SUPEROFFICE_PASSWORD_FILE: path,
      LOG_LEVEL: 'trace',
    });
    await worker.says('worker ready');
    await rename(await endToEnd.file('other', 'second-kanari\n'), path);
    await endToEnd.run(['trigger', 'audit-pocket']);
    await worker.says('run finished');
    const { output, errors } = await worker.kill('SIGTERM');
    expect(endToEnd.simulators.superoffice.traffic.facts().byStatus).toEqual({ 200: 20 });
    expect(output + errors).not.toContain('kanari');
  });
});

describe('a proxy, in whole processes', () => {
  it('a command and the doctor reach a vendor through its proxy, whose password comes as a file and is printed by neither', async () => {
    const proxy = await startProxy({ credentials: 'svc:kanari/word' });
    const environment = {
      POINTSHARP_PROXY_FILE: await endToEnd.file('proxy', `${proxy.url.href}\n`),
      SUPEROFFICE_PASSWORD: 'second-kanari',
    };
    const username = endToEnd.simulators.people.username(0);
    const listed = await endToEnd.run(['device', 'list', username, '--json'], environment);
    expect(listed).toMatchObject({ code: 0, errors: '' });
    expect(proxy.asked).toHaveLength(1);
    const doctor = await endToEnd.run(['doctor'], environment);
    expect(doctor.output).toContain(`is behind the proxy ${proxy.url.host}`);
    const config = await endToEnd.run(['config'], environment);
    expect(config.output).toMatch(/^POINTSHARP_PROXY +http:\/\/svc:\*{8}@127\.0\.0\.1:\d+\/ +file$/m);
    for (const { output, errors } of [listed, doctor, config])
      expect(output + errors).not.toContain('kanari');
  });
});
