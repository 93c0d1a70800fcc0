import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { CommandContext } from '../context.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const entry = fileURLToPath(new URL('../../caretaker.ts', import.meta.url));

/** `caretaker completion <shell>`: what the shell has to read to complete the words of this program. */
export function printCompletionScript({ output }: CommandContext, shell: Shell): number {
  output.write(scripts[shell]([process.execPath, entry]));
  return exitCodes.completed;
}

/*
 * Each script hands over the line up to the cursor and shows the answer; what the line means is decided in one place. The
 * program is called by its path, so that it does not matter whether `caretaker` is an alias, a function or a file. No word
 * of the line is ever evaluated.
 */
const scripts: Readonly<Record<Shell, (program: readonly string[]) => string>> = {
  // With `default`, file names are offered where nothing else is.
  bash: (program) => `# bash completion for caretaker
_caretaker() {
  local kind word meaning
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS=$'\\t' read -r word meaning; do COMPREPLY+=("$word"); done
  } < <(${program.map(quoted).join(' ')} complete "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  [[ $kind == files ]] || compopt +o default 2>/dev/null
}
complete -o default -F _caretaker caretaker
`,
  zsh: (program) => `#compdef caretaker
_caretaker() {
  local -a answer offers
  answer=("\${(@f)$(${program.map(quoted).join(' ')} complete "\${(j: :)\${(@q)words[1,CURRENT]}}" 2>/dev/null)}")
  offers=("\${(@)\${(@)answer[2,-1]//:/\\\\:}/$'\\t'/:}")
  (( \${#answer} > 1 )) && _describe 'caretaker' offers
  [[ $answer[1] == files ]] && _files
}
compdef _caretaker caretaker
`,
  fish: (program) => `# fish completion for caretaker
function __caretaker_complete
    set -l answer (${program.map(quotedForFish).join(' ')} complete (commandline -cp | string collect) 2>/dev/null)
    test "$answer[1]" = files; and __fish_complete_path (commandline -ct)
    test (count $answer) -gt 1; and printf '%s\\n' $answer[2..-1]
end
complete -c caretaker -f -a '(__caretaker_complete)'
`,
};

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
