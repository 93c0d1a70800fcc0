import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCaretaker } from '../../support/caretaker.ts';

async function scriptFor(shell: string): Promise<string> {
  const { code, output, errors } = await runCaretaker(['completion', shell], {});
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output;
}

/** Reads the script in a bash, and does what its Tab key does at the end of a line. */
async function pressTab(line: string): Promise<string[]> {
  const ask = `eval "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; _caretaker; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p caretaker`;
  const words = ['--norc', '-c', ask, 'bash', await scriptFor('bash'), line];
  const { stdout, stderr } = await promisify(execFile)('bash', words, { env: { PATH: process.env.PATH } });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe('the script for a shell', () => {
  it('the script for bash completes what is typed', async () => {
    expect(await pressTab('caretaker run purge-windows --mo')).toEqual([
      '--mode',
      'complete -o default -F _caretaker caretaker',
    ]);
  });

  it('the script for bash evaluates nothing of what is typed', async () => {
    const [first] = await pressTab('caretaker explain $(echo oops >&2) `echo oops >&2`; run ');
    expect(first).toBe('');
  });

  it.each([
    ['bash', 'complete -o default -F _caretaker caretaker'],
    ['zsh', 'compdef _caretaker caretaker'],
    ['fish', "complete -c caretaker -f -a '(__caretaker_complete)'"],
  ])('the script for %s asks the program by its path', async (shell, hook) => {
    const script = await scriptFor(shell);
    expect(script).toContain(`\n${hook}\n`);
    expect(script).toMatch(/'\S+' '\S+\/src\/caretaker\.ts' complete /);
  });

  it('there is no script for another shell', async () => {
    const { code, errors } = await runCaretaker(['completion', 'tcsh'], {});
    expect(code).toBe(2);
    expect(errors).toContain('Allowed choices are bash, zsh, fish');
  });
});
