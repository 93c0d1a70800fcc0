import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { problemLine } from '../../../src/config/settings/problem.ts';
import type { Environment } from '../../../src/config/settings/read-group.ts';
import { isDirect } from '../../../src/config/vendors/proxy.ts';
import { leastEnvironment } from '../environments.ts';

function load(environment: Environment) {
  return loadConfig({ ...leastEnvironment, ...environment }, [], DateTime.fromISO('2026-06-01T12:00:00Z'));
}

describe('NO_PROXY', () => {
  it.each([
    ['https://id.example/', 'id.example', true],
    ['https://id.example/', 'other, ID.EXAMPLE', true],
    ['https://a.id.example/', 'id.example', true],
    ['https://a.id.example/', '.id.example', true],
    ['https://a.id.example/', '*.id.example', true],
    ['https://aid.example/', 'id.example', false],
    ['https://id.example/', 'a.id.example', false],
    ['https://id.example/', '*', true],
    ['https://id.example/', '', false],
    ['https://id.example/', ' , ', false],
    ['https://id.example/', '.', false],
    ['https://id.example/', 'id.example:443', true],
    ['https://id.example/', 'id.example:8443', false],
    ['https://id.example:8443/', 'id.example:8443', true],
    ['http://id.example/', 'id.example:80', true],
    ['https://10.1.2.3/', '10.1.2.3', true],
    ['https://10.1.2.3/', '10.0.0.0/8', true],
    ['https://11.1.2.3/', '10.0.0.0/8', false],
    ['https://10.1.2.3/', '10.0.0.0/x', false],
    ['https://10.1.2.3/', '10.0.0.0/99', false],
    ['https://10.1.2.3/', 'fd00::/8', false],
    ['https://id.example/', '10.0.0.0/8', false],
    ['https://[fd00::1]/', 'fd00::/8', true],
    ['https://[fd00::1]/', 'fd00::1', true],
    ['https://[fd00::1]:8443/', '[fd00::1]:8443', true],
    ['https://[fd00::1]/', '[fd00::1]:8443', false],
  ])('NO_PROXY: the address %s with %j is reached directly: %s', (url, noProxy, direct) => {
    expect(isDirect(new URL(url), noProxy)).toBe(direct);
  });
});

describe('The proxy of a vendor', () => {
  const proxies = {
    POINTSHARP_PROXY: 'http://svc:canary%2Fword@proxy.example:3128',
    SUPEROFFICE_PROXY: 'http://proxy.example',
  };

  it('the proxy of a vendor is its own, and its password is a secret', () => {
    const config = load(proxies);
    expect(config.pointsharp?.proxy?.host).toBe('proxy.example:3128');
    expect(config.superoffice?.proxy?.host).toBe('proxy.example');
    expect(config.secrets).toEqual(expect.arrayContaining(['canary%2Fword', 'canary/word']));
    expect(load({}).pointsharp?.proxy).toBeUndefined();
  });

  it.each(['NO_PROXY', 'no_proxy'])('the proxy of a vendor does not count for hosts in %s', (name) => {
    const config = load({ ...proxies, [name]: 'crm.example' });
    expect(config.pointsharp?.proxy?.host).toBe('proxy.example:3128');
    expect(config.superoffice?.proxy).toBeUndefined();
    expect(load({ ...proxies, NO_PROXY: 'x', no_proxy: '*' }).superoffice?.proxy).toBeDefined();
  });

  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'the proxy of a vendor is missed with a warning when %s is set, and its value is not shown',
    (name) => {
      const { warnings } = load({
        [name]: 'http://svc:canary@proxy.example',
        SUPEROFFICE_PROXY: 'http://proxy',
      });
      expect(warnings.map(problemLine)).toEqual([
        `${name}: has no effect: id.example is reached without a proxy, because each vendor has a variable of its own; set POINTSHARP_PROXY, or add id.example to NO_PROXY`,
      ]);
    },
  );

  it('the proxy of a vendor is not missed where none would be used', () => {
    const https = { HTTPS_PROXY: 'http://proxy.example' };
    expect(load({ ...https, ...proxies }).warnings).toEqual([]);
    expect(load({ ...https, NO_PROXY: '.example' }).warnings).toEqual([]);
    expect(load({ HTTP_PROXY: 'http://proxy.example' }).warnings).toEqual([]);
    const local = { POINTSHARP_URL: 'https://localhost/api/', SUPEROFFICE_URL: 'https://127.0.0.1/api' };
    expect(load({ ...https, ...local }).warnings).toEqual([]);
  });
});
