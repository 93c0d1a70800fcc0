/** A stage of a Dockerfile with its instructions. */
export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly (readonly [name: string, words: string])[];
}

/** Reads a Dockerfile as far as its stages and their instructions. */
export function readStages(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const stages: { name: string; from: string; instructions: [string, string][] }[] = [];
  for (const line of lines) {
    const [, name = '', words = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [, from = '', as = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(words) ?? [];
      stages.push({ name: as, from, instructions: [] });
    } else if (name !== '') stages.at(-1)?.instructions.push([name, words]);
  }
  return stages;
}

/** All instructions of a stage, with those of the stages that it stands on first. */
export function wholeStage(stages: readonly Stage[], name: string): (readonly [string, string])[] {
  const stage = stages.find((one) => one.name === name);
  return stage ? [...wholeStage(stages, stage.from), ...stage.instructions] : [];
}
