import { expect, onTestFinished, test } from 'vitest';
import { openVendorClients } from '../../src/clients/vendors.ts';
import { SettingError } from '../../src/domain/setting-error.ts';
import { always, startServer } from './local-server.ts';
import { pointsharpConfig } from './vendors.ts';

test('a vendor that is not configured has no client, and the error names its variable', () => {
  const clients = openVendorClients({ pointsharp: undefined, superoffice: undefined });
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
  const clients = openVendorClients({ pointsharp: pointsharpConfig(server.url), superoffice: undefined });
  onTestFinished(() => clients.close());
  const meter = { requests: 0 };
  const reader = clients.readers(meter).pointsharp();
  expect(await reader.listDevices({ username: 'kari' })).toEqual([]);
  expect(meter.requests).toBe(1);
  expect(reader).not.toHaveProperty('removeWindows');
  expect(clients.writers(meter, 'by hand').pointsharp()).toHaveProperty('removeWindows');
});
