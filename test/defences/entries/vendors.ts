// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const lying = 'test/clients/lying-vendor.test.ts';
const message = 'test/clients/errors/vendor-message.test.ts';
const online = 'test/clients/superoffice/online.test.ts';
const transport = 'src/clients/http/transport/transport.ts';
const transfer = 'src/clients/http/transport/transfer.ts';
const jwt = 'src/clients/superoffice/online/jwt.ts';
const connector = 'src/clients/http/transport/connector.ts';

/** “What a lying vendor can do”. */
export const vendorDefences: readonly Defence[] = [
  defence('test/clients/errors/response-failure.test.ts', 'an answer of more than 16 MiB fails its user', [
    [transport, 'maxResponseSize: maxBodyBytes,'],
  ]),
  defence(lying, 'ends the request', [[transport, 'maxHeaderSize: maxHeaderBytes,', 'maxHeaderSize: 1e9,']]),
  defence(
    lying,
    'ends the request',
    [
      [
        transfer,
        'if (this.exchange.rules.deadline.isOver(this.beganAt)) controller.abort(notWholeInTime());',
      ],
    ],
    { endsInTimeout: true },
  ),
  defence(lying, 'ends the request', [[transport, 'headersTimeout: timeoutMs,', 'headersTimeout: 0,']], {
    endsInTimeout: true,
  }),
  defence(lying, 'ends the request', [[transport, 'bodyTimeout: timeoutMs,', 'bodyTimeout: 0,']], {
    endsInTimeout: true,
  }),
  defence(lying, 'fails that user only', [
    ['src/clients/sizes.ts', 'mostOfOneUser = 1000', 'mostOfOneUser = 1_000_000'],
  ]),
  defence(lying, 'fails that user only', [['src/clients/sizes.ts', '.max(512)']]),
  defence(lying, 'fails that user only', [['src/clients/sizes.ts', '.max(4096)']]),
  defence(lying, 'fails that user only', [['src/clients/sizes.ts', '.max(16_384)']]),
  // Nothing unpacks it: what is tried is something that does.
  defence(lying, 'a compressed answer is not unpacked', [
    [
      transfer,
      'body: textOf(this.chunks ?? []) })',
      "body: String(process.getBuiltinModule('node:zlib').gunzipSync(Buffer.concat(this.chunks ?? []))) })",
    ],
  ]),
  defence(lying, 'no credentials go where it points', [
    [
      'src/clients/errors/response-failure.ts',
      'return answer.status >= 300 || hasMarkup(answer);',
      'return answer.status >= 400 || hasMarkup(answer);',
    ],
  ]),
  // Nothing follows it: what is tried is something that does.
  defence(lying, 'no credentials go where it points', [
    [
      transfer,
      'this.resolve({ status: this.status, headers: this.headers, body: textOf(this.chunks ?? []) });',
      'const answer = { status: this.status, headers: this.headers, body: textOf(this.chunks ?? []) };\n' +
        "    fetch(String(this.headers['location'])).catch(() => {}).finally(() => this.resolve(answer));",
    ],
  ]),
  defence('test/queue/vendors/circuit-breaker.test.ts', 'gives its vendor up, by the clock of Redis', [
    [
      'src/queue/vendors/circuit-breaker.ts',
      'const nowMs = await redisTime(redis);',
      'const nowMs = Date.now() + 3_600_000;',
    ],
  ]),
  defence(
    'test/queue/vendors/circuit-breaker.test.ts',
    'gives its vendor up, by the clock of Redis',
    [
      [
        'src/queue/vendors/circuit-breaker.ts',
        "nowMs - sinceMs > giveUpAfterMs ? 'given-up' : 'held'",
        "'held'",
      ],
    ],
    { endsInTimeout: true },
  ),
  defence(message, 'any body becomes one printable line of at most 200 characters', [
    [
      'src/clients/errors/vendor-message.ts',
      'if (line.length <= maxMessageLength) return line;',
      'return line;',
    ],
  ]),
  defence(message, 'any body becomes one printable line of at most 200 characters', [
    ['src/clients/errors/vendor-message.ts', "\n    .replace(/[\\p{Cc}\\p{Cf}\\p{Cs}]/gu, '')"],
  ]),
  defence(message, 'only the beginning of a page is looked at', [
    [
      'src/clients/errors/vendor-message.ts',
      'textOfMarkup(text.slice(0, maxPageLookedAt))',
      'textOfMarkup(text)',
    ],
  ]),
  defence(message, 'a text that holds a part of a secret is replaced whole, and only then', [
    [
      'src/clients/errors/vendor-message.ts',
      'return shown.split(mask).some(holdsSecret) ? withheld : shown;',
      'return shown;',
    ],
  ]),
  defence(online, 'is never sent anything', [
    [
      'src/clients/superoffice/online/tenant.ts',
      '!isTrusted(address, login.address)',
      '!isTrusted(address, address)',
    ],
  ]),
  defence('test/clients/superoffice/trust.test.ts', 'credentials may go to', [
    ['src/clients/superoffice/online/trust.ts', 'superoffice\\.com$/', 'superoffice\\.com/'],
  ]),
  defence('test/clients/superoffice/trust.test.ts', 'credentials may go to', [
    ['src/clients/superoffice/online/trust.ts', "address.protocol === 'https:' && ", ''],
  ]),
  defence(online, 'is not used', [
    [
      jwt,
      "const { createLocalJWKSet, jwtVerify } = await import('jose');",
      "const { createLocalJWKSet, decodeJwt } = await import('jose');\n" +
        '  const jwtVerify = async (text, ..._) => ({ payload: decodeJwt(text) });',
    ],
  ]),
  defence(online, 'is not used', [[jwt, 'issuer: expected.issuer,']]),
  defence(online, 'is not used', [[jwt, "throw refuse('it is for another database');", 'void 0;']]),
  defence(online, 'is not used', [
    [jwt, 'throw refuse(`it is for another tenant than ${tenant}`);', 'void 0;'],
  ]),
  defence(online, 'is not used', [[jwt, 'clockTolerance,\n', 'clockTolerance: 1e9,\n']]),
  defence(online, 'is not used', [[jwt, "['aud', 'exp']", "['aud']"]]),
  defence('test/security/tls.test.ts', 'a certificate of an unknown authority stops the run', [
    [connector, 'buildConnector({ ...tls,', 'buildConnector({ ...tls, rejectUnauthorized: false,'],
  ]),
  defence('test/security/tls.test.ts', 'a certificate for another host stops the run', [
    [connector, 'buildConnector({ ...tls,', 'buildConnector({ ...tls, checkServerIdentity: () => undefined,'],
  ]),
];
