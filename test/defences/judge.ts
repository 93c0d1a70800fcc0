import { z } from 'zod';
import { patternOf } from './defence.ts';

/** What is used of the JSON report of vitest. */
const reportShape = z.object({
  testResults: z.array(
    z.object({
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export type TestReport = z.infer<typeof reportShape>;

export interface Verdict {
  /** `caught`: the test ran and failed. `survived`: it ran and passed. `broken`: the run says nothing of the defence. */
  readonly outcome: 'caught' | 'survived' | 'broken';
  /** One line: why the test failed, or what is broken. */
  readonly why: string;
}

/** What a change that cannot run at all fails with, in the test or in a process that it starts. */
const notRunning = /\b(?:SyntaxError|ReferenceError|ERR_MODULE_NOT_FOUND|ERR_INVALID_TYPESCRIPT_SYNTAX)\b/;
const timedOut = /^\w*Error: (?:Test|Hook) timed out in/;

export function parseReport(json: string): TestReport {
  return reportShape.parse(JSON.parse(json));
}

/** What the tests with these words in their title say. */
export function judge(report: TestReport, words: string, mayTimeOut = false): Verdict {
  const pattern = new RegExp(patternOf(words));
  const tests = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName, status }) => pattern.test(fullName) && /^(?:passed|failed)$/.test(status));
  const failures = tests
    .filter(({ status }) => status === 'failed')
    .map(({ failureMessages }) => failureMessages?.join('\n') ?? '');
  const whole = report.testResults.map(({ message }) => message).join('\n');
  if (failures.length === 0 && whole !== '') return { outcome: 'broken', why: firstLine(whole) };
  if (tests.length === 0) return { outcome: 'broken', why: 'no test with this title ran' };
  if (failures.length === 0) return { outcome: 'survived', why: `${tests.length} passed` };
  const sound = failures.find((text) => !notRunning.test(text) && (mayTimeOut || !timedOut.test(text)));
  return sound === undefined
    ? { outcome: 'broken', why: firstLine(failures[0] ?? '') }
    : { outcome: 'caught', why: firstLine(sound) };
}

function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? 'no reason is given';
  return line.length > 140 ? `${line.slice(0, 140)} …` : line;
}
