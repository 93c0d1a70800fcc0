import {
  type Authorization,
  type Grant,
  prepareAuthorization,
} from '../../clients/superoffice/online/authorize.ts';
import { ConfigError } from '../../config/errors.ts';
import { superofficeSettings } from '../../config/settings/groups.ts';
import { createProblem } from '../../config/settings/problem.ts';
import { readGroup } from '../../config/settings/read-group.ts';
import { variableName } from '../../config/settings/setting.ts';
import { isDirect } from '../../config/vendors/proxy.ts';
import { atTenant, loginAddress } from '../../config/vendors/superoffice-online.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import { envPrefix } from '../../domain/vendor.ts';
import type { CommandContext } from '../context.ts';
import { printLine } from '../terminal/output.ts';
import { UsageError } from '../usage-error.ts';
import { listenForCode } from './callback.ts';
import { checkWritable, writeSecret } from './secret-file.ts';

interface LoginOptions {
  /** As it is registered with the app; `--redirect`. */
  readonly redirect: URL;
  /** Left out, the file that the configuration names. */
  readonly out?: string;
  /** Keeps the system user token in place of the refresh token. */
  readonly systemUser?: boolean;
}

/** What a sign-in can end with, and the variables it is for. */
const kinds = {
  refreshToken: { title: 'refresh token', auth: 'refresh-token', variable: 'SUPEROFFICE_REFRESH_TOKEN' },
  systemUser: { title: 'system user token', auth: 'system-user', variable: 'SUPEROFFICE_SYSTEM_USER_TOKEN' },
} as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** A code counts for ten minutes; a sign-in that takes longer has been forgotten. */
const patienceMs = 10 * 60_000;

/**
 * `caretaker superoffice login`: an administrator signs in once in a browser, and what the program signs in with from then
 * on is written into a file.
 *
 * @throws ConfigError, SettingError, UsageError, VendorError
 */
export async function logIn(context: CommandContext, options: LoginOptions): Promise<number> {
  const kind = options.systemUser ? kinds.systemUser : kinds.refreshToken;
  const config = readSettings(context);
  const path = options.out ?? context.environment[`${kind.variable}_FILE`];
  if (!path) {
    throw new UsageError(
      `No file is named to write the ${kind.title} to.`,
      `Name one with --out, or with ${kind.variable}_FILE.`,
    );
  }
  await checkWritable(path);
  const authorization = prepareAuthorization(config, options.redirect.href, context.now);
  try {
    const code = await codeOf(context, options.redirect, authorization);
    if (code === undefined) {
      context.errors.write('Nobody signed in. Nothing was written.\n');
      return exitCodes.failures;
    }
    const grant = await authorization.redeem(code);
    await writeSecret(path, secretOf(grant, kind));
    tell(context, grant, { kind, path });
    return exitCodes.completed;
  } finally {
    await authorization.close();
  }
}

/** The settings of SuperOffice without what is to be got; the others of the program are not needed. */
function readSettings({ environment }: CommandContext) {
  const got = Object.values(kinds).flatMap(({ variable }) => [variable, `${variable}_FILE`]);
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !got.includes(name)));
  const { values, problems } = readGroup(envPrefix('superoffice'), superofficeSettings, rest);
  const missing = (['clientId', 'appToken'] as const)
    .map((key) => variableName(envPrefix('superoffice'), key))
    .filter((variable) => !environment[variable] && !environment[`${variable}_FILE`])
    .map((variable) => createProblem({ variable, kind: 'value', problem: 'is missing', advice: 'set it' }));
  if (problems.length + missing.length > 0) throw new ConfigError([...missing, ...problems]);
  const { proxy } = atTenant({ ...values, auth: 'refresh-token' });
  const isPlain = isDirect(loginAddress(values), environment.NO_PROXY ?? environment.no_proxy);
  return { ...values, proxy: isPlain ? undefined : proxy };
}

/** The code that the browser brings; undefined when nobody signs in in time, or the command is stopped. */
async function codeOf(
  context: CommandContext,
  redirect: URL,
  { address, state }: Authorization,
): Promise<string | undefined> {
  const callback = await listenForCode(redirect, state);
  const { promise: end, resolve } = Promise.withResolvers<undefined>();
  const forget = context.onStopSignal(() => resolve(undefined));
  const timer = setTimeout(resolve, patienceMs, undefined);
  try {
    for (const line of [
      'Open this address in a browser on this machine, and sign in as an administrator of the tenant:',
      '',
      address.href,
      '',
      `Waiting at ${redirect.href} for the browser to come back (Ctrl+C ends).`,
    ])
      printLine(context, line);
    return await Promise.race([callback.code, end]);
  } finally {
    clearTimeout(timer);
    forget();
    callback.close();
  }
}

/** @throws UsageError when the app has no system user */
function secretOf({ refreshToken, claims }: Grant, kind: Kind): string {
  if (kind.auth === 'refresh-token') return refreshToken;
  if (claims.systemUserToken !== undefined) return claims.systemUserToken;
  throw new UsageError(
    'The answer of SuperOffice has no system user token. Nothing was written.',
    'Switch on server to server (system user) for the app at SuperOffice, and sign in as an administrator.',
  );
}

function tell(
  context: CommandContext,
  { claims: { user, tenant } }: Grant,
  { kind, path }: { readonly kind: Kind; readonly path: string },
): void {
  for (const line of [
    `Signed in as ${user ?? 'a user whom SuperOffice does not name'} at ${tenant ?? 'an unnamed tenant'}.`,
    `The ${kind.title} is in ${path}, which only its owner may read.`,
    `Set SUPEROFFICE_AUTH=${kind.auth}, SUPEROFFICE_TENANT=${tenant ?? '…'} and ${kind.variable}_FILE=${path}, then run caretaker doctor.`,
  ])
    printLine(context, line);
}
