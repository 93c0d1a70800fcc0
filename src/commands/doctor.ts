import { exitCodes } from '../domain/exit-codes.ts';
import { plural } from '../domain/quantities.ts';
import type { Health, Line } from '../ops/doctor/check.ts';
import { examine } from '../ops/doctor/doctor.ts';
import { linesForStart } from '../ops/doctor/start.ts';
import type { CommandContext } from './context.ts';
import { printJson, printLine, style } from './terminal/output.ts';

/**
 * `caretaker doctor`: checks everything that a deployment needs. Ends with 0 when nothing failed, with 2 when the
 * configuration did, as every command then would, and else with 1. With `start` it gates the start of a pod.
 */
export async function runDoctor(
  context: CommandContext,
  program: string,
  options: { readonly json?: boolean; readonly start?: boolean },
): Promise<number> {
  const node = process.versions.node;
  const { environment, now, input, name } = context;
  const all = await examine({ environment, now, input, name, program, node });
  const lines = options.start ? linesForStart(all) : all;
  if (options.json) printJson(context, { status: worst(lines), counts: counts(lines), checks: lines });
  else printLines(context, lines);
  const code = exitCodeOf(lines);
  // A DNS lookup without an answer would keep the process alive.
  setTimeout(() => context.exit(code), graceMs).unref();
  return code;
}

/** How long writing the output may take. */
const graceMs = 500;

function exitCodeOf(lines: readonly Line[]): number {
  const failed = lines.filter(({ health }) => health === 'fail');
  if (failed.length === 0) return exitCodes.completed;
  return failed.some(({ subject }) => subject === 'configuration') ? exitCodes.usage : exitCodes.failures;
}

const healths = ['fail', 'warn', 'ok', 'not-checked'] as const satisfies readonly Health[];
const colors = { ok: 'green', warn: 'yellow', fail: 'red', 'not-checked': 'dim' } as const;

function counts(lines: readonly Line[]): Record<string, number> {
  return Object.fromEntries(
    healths.map((health) => [health, lines.filter((line) => line.health === health).length]),
  );
}

function worst(lines: readonly Line[]): Health {
  return healths.find((health) => lines.some((line) => line.health === health)) ?? 'ok';
}

function printLines(context: CommandContext, lines: readonly Line[]): void {
  for (const { subject, check, health, found, remedy, startsAnyway } of lines) {
    const word = style(context, colors[health], (health === 'not-checked' ? '-' : health).padEnd(4));
    const text = health === 'not-checked' ? `not checked: ${found}` : found;
    printLine(context, `${word}  ${`${subject} ${check}`.padEnd(34)}  ${text}`);
    if (remedy !== undefined) printLine(context, `      → ${remedy}`);
    if (startsAnyway) printLine(context, '      This is a failure, but it does not stop a start.');
  }
  const { fail, warn, ok } = counts(lines);
  printLine(context, `${ok} ok, ${plural(warn ?? 0, 'warning')}, ${fail} failed`);
}
