import { expect, test } from 'vitest';
import { secretParts } from '../../src/security/secret-parts.ts';

const secret = 'Sömmar-Kväll/7 "42" & Höst%';
const holdsSecret = secretParts([secret, undefined, 'x']);
const bytes = Buffer.from(secret);
const utf16 = Buffer.from(secret, 'utf16le');
const entities = [...secret].map((letter) => `&#${letter.codePointAt(0)};`).join('');
const latin1Percent = [...Buffer.from(secret, 'latin1')].map((byte) => `%${byte.toString(16)}`).join('');

test.each([
  ['as it is', secret],
  ['in capitals', secret.toUpperCase()],
  ['by encodeURI', encodeURI(secret)],
  ['by encodeURIComponent', encodeURIComponent(secret)],
  ['twice encoded', encodeURIComponent(encodeURIComponent(secret))],
  ['as a form', new URLSearchParams({ v: secret }).toString()],
  ['percent-encoded by Latin-1', latin1Percent],
  ['in entities', entities],
  ['in named entities', secret.replaceAll('ö', '&ouml;').replaceAll('ä', '&auml;').replaceAll('"', '&quot;')],
  ['in escapes of JSON', secret.replaceAll('ö', '\\u00f6').replaceAll('ä', '\\u00E4')],
  ['decomposed (NFD)', secret.normalize('NFD')],
  ['without marks', secret.normalize('NFD').replace(/\p{M}/gu, '')],
  ['UTF-8 read as Latin-1', bytes.toString('latin1')],
  ['Latin-1 read as UTF-8', Buffer.from(secret, 'latin1').toString('utf8')],
  ['without its first letter', secret.slice(1)],
  ['without its last letters', secret.slice(0, -6)],
  ['with a letter put between', `${secret.slice(0, 14)}~${secret.slice(14)}`],
  ['with zero width spaces', [...secret].join('\u200b')],
  ['in hex', bytes.toString('hex')],
  ['in hex with colons', bytes.toString('hex').toUpperCase().replace(/(..)/g, '$1:')],
  ['in hex of UTF-16', utf16.toString('hex')],
  ['in base64 in small letters', bytes.toString('base64').toLowerCase()],
  ['in base64url of Latin-1', Buffer.from(secret, 'latin1').toString('base64url')],
  ['in base64 over two lines', bytes.toString('base64').replace(/.{8}/g, '$&\r\n')],
  ['in base64 that is percent-encoded', encodeURIComponent(bytes.toString('base64'))],
  ...['', 'u', 'us', 'usr'].flatMap((before): [string, string][] => [
    [`in base64 behind "${before}"`, Buffer.concat([Buffer.from(before), bytes]).toString('base64')],
    [
      `in base64 of UTF-16 behind "${before}"`,
      Buffer.concat([Buffer.from(before), utf16]).toString('base64'),
    ],
    [`in base64 behind "${before}", cut`, Buffer.from(before + secret.slice(1)).toString('base64')],
  ]),
])('a secret is found %s', (_form, written) => {
  expect(holdsSecret(`The user sent <${written}>, which is wrong.`)).toBe(true);
});

test.each([
  '',
  'The user sommar is unknown: check the kväll of 42 hosts',
  'Sömmar alone',
  'a'.repeat(200),
  '%%% &&& \\u00 &#; &#99999999; %zz',
])('no secret is found in %j', (text) => {
  expect(holdsSecret(text)).toBe(false);
});

test('a value with fewer than six letters has no parts, and nothing is found without values', () => {
  expect(secretParts(['abcde'])('abcde')).toBe(false);
  expect(secretParts(['abcdef'])('abcde')).toBe(true);
  expect(secretParts([undefined, ''])('abcdef')).toBe(false);
});

test('the name of the user in "user:password" is no part of a secret, the password is one', () => {
  const holds = secretParts(['svc-caretaker:Hemligt99x', 'Hemligt99x']);
  expect(holds('svc-caretaker has no rights')).toBe(false);
  expect(holds('svc-caretaker:hemligt99')).toBe(true);
});

test('the word password is no part of a secret that begins with it', () => {
  expect(secretParts(['password-2024-b'])('The password has expired.')).toBe(false);
});

test('a value that is added later counts from then on', () => {
  const values = ['first-secret'];
  const holds = secretParts(values);
  expect(holds('second-secret'.slice(1))).toBe(false);
  values.push('second-one-9');
  expect(holds('econd-one-9')).toBe(true);
});
