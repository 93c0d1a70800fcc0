// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';
import { censored } from './stolen-redis.ts';

const signIn = 'test/clients/http/sign-in.test.ts';
const readGroup = 'src/config/settings/read-group.ts';
const load = 'test/config/load.test.ts';
const secrets = 'test/commands/secrets.test.ts';
const redact = 'test/security/redact.test.ts';

/** “Secrets”, and those in what a vendor says. */
export const secretDefences: readonly Defence[] = [
  defence('test/config/settings/read-group.test.ts', 'without byte order mark and the line ends behind it', [
    [
      'src/config/settings/secret-text.ts',
      'return new TextDecoder().decode(readFileSync(path));',
      "return readFileSync(path, 'utf8');",
    ],
  ]),
  defence('test/config/settings/read-group.test.ts', 'without byte order mark and the line ends behind it', [
    ['src/config/settings/secret-text.ts', "written?.replace(/[\\r\\n]+$/, '')", 'written'],
  ]),
  defence('test/commands/config.test.ts', 'with every secret masked', [
    ['src/config/reference.ts', '? maskPassword(text) : mask;', '? maskPassword(text) : text;'],
  ]),
  defence('test/commands/config.test.ts', 'with every secret masked', [
    ['src/config/reference.ts', '? maskPassword(text) : mask;', '? text : mask;'],
  ]),
  // Each of them is enough: the setting is secret, an address is shown without its password, and what is known is taken out.
  defence('test/commands/config.test.ts', 'without showing a secret', [
    [
      'src/config/settings/shown-value.ts',
      'JSON.stringify(maskAddress(value).slice(0, longestShown))',
      'JSON.stringify(value)',
    ],
    [
      readGroup,
      "setting.secret ? 'something else, which is not shown' : shownValue(value)",
      'shownValue(value)',
    ],
    ['src/config/load.ts', 'withoutSecrets(problems, secrets)', 'problems'],
  ]),
  defence(load, 'neither a strange value nor one that is known', [
    ['src/config/settings/shown-value.ts', 'return isHarmless ?', 'return value ?'],
  ]),
  defence(load, 'neither a strange value nor one that is known', [
    [
      'src/config/load.ts',
      'throw new ConfigError(withoutSecrets(problems, secrets));',
      'throw new ConfigError(problems);',
    ],
  ]),
  defence(load, 'neither a strange value nor one that is known', [
    ['src/config/settings/shown-value.ts', 'return paths.test(path) ? path : undefined;', 'return path;'],
  ]),
  defence(redact, 'is replaced only where it is a value', [
    ['src/security/redact.ts', 'if (form.length >= leastLength) return literal;', 'return literal;'],
  ]),
  defence(redact, 'is replaced only where it is a value', [
    ['src/security/redact.ts', 'if (form.length >= leastWord) return', 'return'],
  ]),
  defence(signIn, 'is tried by one request, however many are in flight', [
    [
      'src/clients/http/sign-in.ts',
      'while (verdict === undefined && trial) await trial;\n      if (sentWith',
      'if (sentWith',
    ],
    [
      'src/clients/http/sign-in.ts',
      'while (verdict === undefined && trial) await trial;\n    if (caller',
      'if (caller',
    ],
  ]),
  defence(signIn, 'is tried by one request, however many are in flight', [
    [
      'src/clients/http/sign-in.ts',
      'if (sentWith === version && !renew()) return undefined;',
      'return undefined;',
    ],
  ]),
  defence(signIn, 'is known to every redaction at once', [
    [
      'src/config/settings/read-again.ts',
      'secrets.push(...again.secrets.filter((secret) => !secrets.includes(secret)));',
    ],
  ]),
  defence(signIn, 'is known to every redaction at once', [
    [
      'src/clients/http/http.ts',
      'secrets.push(...renewed.secrets.filter((secret) => !secrets.includes(secret)));',
    ],
  ]),
  defence('test/clients/http/transport/proxy.test.ts', 'which the server does not see', [
    [
      'src/clients/http/transport/transport.ts',
      'const withoutBody = [...Object.entries(headers), ...forProxy].flat();',
      'const withoutBody = [...Object.entries(headers), ...(proxy ? Object.entries(proxyHeaders(proxy)) : [])].flat();',
    ],
  ]),
  defence('test/clients/http/transport/proxy.test.ts', 'its credentials are not told', [
    ['src/clients/errors/proxy-failure.ts', 'constructor({ host }: URL,', 'constructor({ host, href }: URL,'],
    [
      'src/clients/errors/proxy-failure.ts',
      '`the proxy ${host} ${is}`',
      '`the proxy ${host} ${is} (${href})`',
    ],
  ]),
  defence('test/log.test.ts', 'is not logged', [
    [
      'src/log.ts',
      'printableJson(redact(withoutSecretFields(line)))',
      'printableJson(withoutSecretFields(line))',
    ],
  ]),
  defence('test/log.test.ts', 'is not logged', [
    ['src/log.ts', '[secret, escaped(secret), escaped(escaped(secret))]', '[secret]'],
  ]),
  defence('test/log.test.ts', 'is not logged', [
    ['src/security/redact.ts', "bytes.toString('base64').replace(/=+$/, ''),"],
  ]),
  defence(secrets, 'when the vendors answer %s with all our credentials', censored),
  defence(secrets, 'when everything goes well, and no push handle either', [
    ['src/queue/records/recorder.ts', 'redact(text).slice(0, longest)', 'text.slice(0, longest)'],
  ]),
  defence(secrets, 'when everything goes well, and no push handle either', [
    ['src/clients/superoffice/schema.ts', '? hash(raw.PNSHandle) :', '? raw.PNSHandle :'],
  ]),
  defence('test/commands/plan/plan.test.ts', 'in a private file that holds no secret', [
    ['src/commands/plan/plan-output.ts', "await open(path, 'wx', 0o600)", "await open(path, 'wx')"],
  ]),
  defence('test/commands/plan/plan.test.ts', 'no plan replaces another', [
    ['src/commands/plan/plan-output.ts', "await open(path, 'wx', 0o600)", "await open(path, 'w', 0o600)"],
  ]),
  defence('test/commands/setup/environment.test.ts', 'sets nothing but settings', [
    [
      'src/commands/setup/environment.ts',
      'return { ...dotenv.variables, ...Object.fromEntries(set) };',
      'return Object.assign(process.env, { ...dotenv.variables, ...Object.fromEntries(set) });',
    ],
  ]),
  defence('test/commands/setup/environment.test.ts', 'a variable of the environment wins', [
    [
      'src/commands/setup/environment.ts',
      '{ ...dotenv.variables, ...Object.fromEntries(set) }',
      '{ ...Object.fromEntries(set), ...dotenv.variables }',
    ],
  ]),
];
