import type { Caretaker } from './caretaker.ts';

/** What the server of probes and metrics answered. */
export interface OpsAnswer {
  readonly status: number;
  readonly text: string;
}

/** Added to an environment, it opens the server of probes on a free port. */
export const opsAnywhere = { OPS_PORT: '0', OPS_HOST: '127.0.0.1' };

/** The message with which a process logs that its server of probes is up. */
export const opsReady = 'probes and metrics ready';

/** Sends requests to the server of probes of a process, as soon as it listens. */
export async function opsOf(caretaker: Caretaker): Promise<(path: string) => Promise<OpsAnswer>> {
  await caretaker.says(opsReady);
  const port = new RegExp(`"port":(\\d+),"msg":"${opsReady}"`).exec(
    caretaker.output() + caretaker.errors(),
  )?.[1];
  return (path) => ask(Number(port), path);
}

export async function ask(port: number, path: string, options: RequestInit = {}): Promise<OpsAnswer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
  return { status: answer.status, text: await answer.text() };
}

/** Sums the samples of a metric that have these labels; undefined when there is none. */
export function sum(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
    .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}
