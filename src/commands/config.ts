import { configurationReference, effectiveConfiguration } from '../config/reference.ts';
import { jobs } from '../jobs/index.ts';
import { queueContract } from '../queue/contract.ts';
import { type Door, exitCodes } from './context.ts';
import { readConfig } from './setup/config.ts';
import { answerJson, answerTable } from './terminal/output.ts';

/** `caretaker config`: the effective values with secrets masked, the reference of all variables, or the queue contract. */
export function showConfig(
  door: Door,
  options: { readonly json?: boolean; readonly reference?: boolean; readonly queueContract?: boolean },
): number {
  if (options.reference) {
    door.output.write(configurationReference(jobs));
    return exitCodes.completed;
  }
  if (options.queueContract) {
    door.output.write(queueContract());
    return exitCodes.completed;
  }
  const { warnings } = readConfig(door);
  const rows = effectiveConfiguration(door.environment, jobs);
  if (options.json) answerJson(door, { variables: rows, warnings });
  else {
    answerTable(
      door,
      ['variable', 'value', 'from'],
      rows.map(({ variable, value, source }) => [variable, value ?? '', source]),
    );
    for (const warning of warnings) door.errors.write(`warning: ${warning}\n`);
  }
  return exitCodes.completed;
}
