import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Censor, vendorMessageOf } from '../../../src/clients/errors/vendor-message.ts';
import { redactor } from '../../../src/security/redact.ts';
import { secretParts } from '../../../src/security/secret-parts.ts';
import { anyText } from '../texts.ts';

const asIs: Censor = { redact: (text) => text, holdsSecret: () => false };
const censorOf = (...secrets: string[]): Censor => ({
  redact: redactor(secrets),
  holdsSecret: secretParts(secrets),
});

test.each([
  ['', undefined],
  [' \r\n\t', undefined],
  ['The user is unknown.\r\n  Check it.', 'The user is unknown. Check it.'],
  ['"The user is unknown."', 'The user is unknown.'],
  ['{"Message":"The request is invalid."}', 'The request is invalid.'],
  ['{"Error":true,"ErrorType":"T","ErrorMessage":"No rights","ErrorSource":"S"}', 'No rights'],
  ['{"error":"nothing else"}', 'nothing else'],
  ['{"code":7}', '{"code":7}'],
  ['<html><head><title>502 Bad\n Gateway</title></head><body>long</body></html>', '502 Bad Gateway'],
  [
    '<!DOCTYPE html><style>p{color:red}</style><script>alert(1)</script><p>Sign &amp; go&#33;</p>',
    'Sign & go!',
  ],
  ['<p>&#9999999;&unknown;</p>', '&#9999999;&unknown;'],
  ['<script>never closed', undefined],
  ['a\u0000b\u001b[31mc\u202e\u200bd', 'ab[31mcd'],
])('the body %j of a failure is told as %j', (body, message) => {
  expect(vendorMessageOf(body, asIs)).toBe(message);
});

test('any body becomes one printable line of at most 200 characters', () => {
  fc.assert(
    // Left to itself the library draws few texts of more than 200 characters.
    fc.property(fc.oneof(anyText(0, 20), anyText(201, 600)), fc.boolean(), (body, html) => {
      const message = vendorMessageOf(html ? `<p>${body}` : body, asIs);
      if (message === undefined) return;
      expect(message.length).toBeLessThanOrEqual(200);
      expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(message.isWellFormed()).toBe(true);
    }),
  );
});

test('a secret that only shows once characters are dropped or decoded is still taken out', () => {
  const censor = censorOf('se<cret');
  expect(vendorMessageOf('it is se\u0000<cret', censor)).toBe('it is [secret]');
  expect(vendorMessageOf('<title>it is se&lt;cret</title>', censor)).toBe('it is [secret]');
});

test('a secret at the length limit of a message leaves no part of itself', () => {
  const message = vendorMessageOf(
    `${'x'.repeat(190)} canary-canary-canary`,
    censorOf('canary-canary-canary'),
  );
  expect(message).not.toContain('canary');
});

test.each([
  ['<Error><Message>No such user</Message><StackTrace>at A</StackTrace></Error>', 'No such user'],
  [
    '<?xml version="1.0"?><a:Error xmlns:a="x"><a:ErrorMessage>Bad &amp; worse</a:ErrorMessage></a:Error>',
    'Bad & worse',
  ],
  ['<Fault><Message><![CDATA[A < B]]></Message></Fault>', 'A < B'],
  [
    '<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">Unknown user</string>',
    'Unknown user',
  ],
  [
    '<ArrayOfRegisteredDevice><D><PNSHandle>apns:1</PNSHandle><Title>Phone</Title></D></ArrayOfRegisteredDevice>',
    undefined,
  ],
  ['<D><PNSHandle>apns:1</PNSHandle></D>', undefined],
])('the XML %s says %j', (body, message) => {
  expect(vendorMessageOf(body, asIs)).toBe(message);
});

test('only the beginning of a page is looked at', () => {
  expect(vendorMessageOf(`<p>${' '.repeat(8000)}seen`, asIs)).toBe('seen');
  expect(vendorMessageOf(`<p>${' '.repeat(9000)}<title>unseen</title>`, asIs)).toBeUndefined();
});

test('a message of the vendor of 200 characters is told whole, and one of 201 is cut to 200 with an ellipsis at its end', () => {
  const message = 'x'.repeat(200);
  expect(vendorMessageOf(message, asIs)).toBe(message);
  expect(vendorMessageOf(`${message}x`, asIs)).toBe(`${'x'.repeat(199)}…`);
});

test('a text that holds a part of a secret is replaced whole, and only then', () => {
  const censor = censorOf('canary-canary-canary');
  const withheld = '[withheld: it holds a part of a secret]';
  for (const written of ['anary-canary', '%63anary-canary', 'c&#97;nary-canary', 'Y2FuYXJ5LWNhbmFyeQ'])
    expect(vendorMessageOf(`You sent ${written} to us`, censor)).toBe(withheld);
  expect(vendorMessageOf('You sent canary-canary-canary', censor)).toBe('You sent [secret]');
  expect(vendorMessageOf('A canary sings', censor)).toBe('A canary sings');
});
