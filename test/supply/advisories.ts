import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/*
 * `npm run audit:advisories`: asks the registry which production packages have known vulnerabilities. It needs the
 * network and its answer changes from day to day, so it is no test. Exit codes: 0 none known, 1 some, 2 not looked up.
 */

interface Advisory {
  readonly title: string;
  readonly severity: string;
  readonly url: string;
  readonly range: string;
}

/** What `npm audit --json` answers: the vulnerable packages, or why nothing could be looked up. */
export interface Audit {
  readonly message?: string;
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly via: readonly (Advisory | string)[]; readonly fixAvailable: unknown }>
  >;
  readonly metadata?: { readonly dependencies: { readonly prod: number } };
}

/** What is to be said of an audit, and the exit code. */
export function judge(audit: Audit | undefined): { readonly code: 0 | 1 | 2; readonly text: string } {
  if (!audit?.vulnerabilities || !audit.metadata) {
    const why = audit?.message ?? 'npm audit gave no answer';
    const advice = 'Nothing is known about vulnerabilities. Try a registry that serves advisories.';
    return { code: 2, text: `Not looked up: ${why}. ${advice}` };
  }
  const lines = Object.entries(audit.vulnerabilities).flatMap(([name, { via, fixAvailable }]) =>
    via
      .filter((one) => typeof one !== 'string')
      .map(({ severity, title, range, url }) => {
        const remedy = fixAvailable ? 'npm audit fix' : 'no version without it yet';
        return `${severity}: ${name} ${range}: ${title} (${url}); ${remedy}`;
      }),
  );
  const { prod } = audit.metadata.dependencies;
  if (lines.length === 0)
    return { code: 0, text: `No advisory is known for the ${prod} production packages.` };
  return { code: 1, text: lines.join('\n') };
}

async function ask(): Promise<Audit | undefined> {
  // npm fails as soon as there is an advisory; its answer is on standard output all the same.
  const { stdout } = await promisify(execFile)('npm', ['audit', '--omit=dev', '--json']).catch(
    (error) => error,
  );
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const { code, text } = judge(await ask());
  process.stdout.write(`${text}\n`);
  process.exitCode = code;
}
