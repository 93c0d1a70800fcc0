import { type Command, InvalidArgumentError } from 'commander';
import { isLoopbackAddress } from '../../config/kinds/address.ts';
import type { CommandContext } from '../context.ts';
import { filled } from './options.ts';
import type { Remember } from './remember.ts';

/** What is done once at SuperOffice Online. */
export function addSuperofficeCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('superoffice')
    .description('set up the sign-in at SuperOffice Online')
    .command('login')
    .description('get a refresh token: an administrator signs in once in a browser on this machine')
    .option(
      '--redirect <address>',
      'where the browser comes back to, as it is registered with the app',
      redirect,
      new URL('http://127.0.0.1:8000/callback'),
    )
    .option('--out <file>', 'where to write it (default: the file that the configuration names)', filled)
    .option('--system-user', 'get the system user token instead')
    .action(async (options) => remember((await import('../superoffice/login.ts')).logIn(context, options)));
}

function redirect(text: string): URL {
  const address = URL.parse(text);
  if (address?.protocol === 'http:' && isLoopbackAddress(address) && !address.search && !address.hash)
    return address;
  throw new InvalidArgumentError('Expected http://127.0.0.1:port/path: the vendor allows apps nothing else.');
}
