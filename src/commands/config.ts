import { configurationReference, effectiveConfiguration } from '../config/reference.ts';
import { problemLine } from '../config/settings/problem.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { jobs } from '../jobs/index.ts';
import { queueContract } from '../queue/contract.ts';
import type { CommandContext } from './context.ts';
import { readConfig } from './setup/config.ts';
import { printJson, printTable } from './terminal/output.ts';

/** `caretaker config`: the effective values with secrets masked, the reference of all variables, or the queue contract. */
export function showConfig(
  context: CommandContext,
  options: { readonly json?: boolean; readonly reference?: boolean; readonly queueContract?: boolean },
): number {
  if (options.reference) {
    context.output.write(configurationReference(jobs));
    return exitCodes.completed;
  }
  if (options.queueContract) {
    context.output.write(queueContract());
    return exitCodes.completed;
  }
  const { missing, warnings: others } = readConfig(context, []);
  const warnings = [...missing, ...others].map(problemLine);
  const rows = effectiveConfiguration(context.environment, jobs);
  if (options.json) printJson(context, { variables: rows, warnings });
  else {
    printTable(
      context,
      ['variable', 'value', 'from'],
      rows.map(({ variable, value, source }) => [variable, value ?? '', source]),
    );
    for (const warning of warnings) context.errors.write(`warning: ${warning}\n`);
  }
  return exitCodes.completed;
}
