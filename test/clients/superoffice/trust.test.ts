import { expect, test } from 'vitest';
import { isTrusted } from '../../../src/clients/superoffice/online/trust.ts';

const online = 'https://online.superoffice.com/';
const simulator = 'http://127.0.0.1:8110/';

test.for([
  [online, 'https://online2.superoffice.com/Cust1/api', true],
  [online, 'https://online2.superoffice.com:443/Cust1/api', true],
  [online, 'https://app.eu.superoffice.com/Cust1/api', true],
  [online, 'https://online.superoffice.com/Cust1/api', true],
  [online, 'http://online2.superoffice.com/Cust1/api', false],
  [online, 'https://online2.superoffice.com:8443/Cust1/api', false],
  [online, 'https://superoffice.com.evil.example/Cust1/api', false],
  [online, 'https://online.superoffice.com.evil.example/Cust1/api', false],
  [online, 'https://evilsuperoffice.com/Cust1/api', false],
  [online, 'https://evil.example/online2.superoffice.com/api', false],
  [online, 'https://online2.superoffice.com@evil.example/api', false],
  [online, 'https://user@online2.superoffice.com/api', false],
  [online, 'http://127.0.0.1:8111/Cust1/api', false],
  [online, 'https://127.0.0.1/Cust1/api', false],
  ['https://login.example:8443/', 'https://login.example:8443/Cust1/api', true],
  ['https://login.example:8443/', 'https://login.example/Cust1/api', false],
  ['https://login.example:8443/', 'http://127.0.0.1:8111/Cust1/api', false],
  [simulator, 'http://127.0.0.1:8111/Cust1/api', true],
  [simulator, 'http://[::1]:8111/Cust1/api', true],
  [simulator, 'http://localhost:8111/Cust1/api', false],
  [simulator, 'http://127.0.0.1.evil.example/Cust1/api', false],
  [simulator, 'https://online2.superoffice.com/Cust1/api', false],
] as const)('signed in at %s, credentials may go to %s: %s', ([login, address, allowed]) => {
  expect(isTrusted(new URL(address), new URL(login))).toBe(allowed);
});
