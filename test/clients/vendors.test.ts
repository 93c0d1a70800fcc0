import { expect, onTestFinished, test } from 'vitest';
import { WriteForbidden } from '../../src/clients/ceiling.ts';
import { openVendorClients } from '../../src/clients/vendors.ts';
import { SettingError } from '../../src/domain/setting-error.ts';
import { always, startServer } from './local-server.ts';
import { pointsharpConfig } from './vendors.ts';

test('a vendor that is not configured has no client, and the error names its variable', () => {
  const clients = openVendorClients({ pointsharp: undefined, superoffice: undefined }, undefined, {
    mode: 'enforce',
  });
  onTestFinished(() => clients.close());
  const meter = { requests: 0 };
  for (const [client, variable] of [
    [() => clients.readers(meter).pointsharp(), 'POINTSHARP_URL'],
    [() => clients.writers(meter, 'by hand').pointsharp(), 'POINTSHARP_URL'],
    [() => clients.readers(meter).superoffice(), 'SUPEROFFICE_URL'],
    [() => clients.writers(meter, 'by hand').superoffice(), 'SUPEROFFICE_URL'],
  ] as const) {
    expect(client).toThrow(SettingError);
    expect(client).toThrow(`${variable} is missing. Set it.`);
  }
});

test('the readers of a configured vendor read, and have no method that writes', async () => {
  const server = await startServer(always(200, '[]'));
  const configs = { pointsharp: pointsharpConfig(server.url), superoffice: undefined };
  const clients = openVendorClients(configs, undefined, { mode: 'enforce' });
  onTestFinished(() => clients.close());
  const meter = { requests: 0 };
  const reader = clients.readers(meter).pointsharp();
  expect(await reader.listDevices({ username: 'kari' })).toEqual([]);
  expect(meter.requests).toBe(1);
  expect(reader).not.toHaveProperty('removeWindows');
  expect(clients.writers(meter, 'by hand').pointsharp()).toHaveProperty('removeWindows');
});

test('a client that writes is handed out only below the ceiling of the process', () => {
  const configs = {
    pointsharp: pointsharpConfig(new URL('http://127.0.0.1:9/api/')),
    superoffice: undefined,
  };
  const meter = { requests: 0 };
  const open = (ceiling?: Parameters<typeof openVendorClients>[2]) => {
    const clients = openVendorClients(configs, undefined, ceiling);
    onTestFinished(() => clients.close());
    return clients;
  };
  const observing = [open(), open({ mode: 'observe' }), open({ mode: 'observe', liftedFor: 'run-2' })];
  for (const clients of observing) {
    expect(() => clients.writers(meter, 'run-1')).toThrow(WriteForbidden);
    expect(clients.readers(meter).pointsharp()).toHaveProperty('listDevices');
  }
  const lifted = open({ mode: 'observe', liftedFor: 'run-1' });
  expect(lifted.writers(meter, 'run-1').pointsharp()).toHaveProperty('removeWindows');
});
