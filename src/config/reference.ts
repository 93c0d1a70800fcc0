import { mask, maskAddress, maskPassword } from '../security/mask.ts';
import { allVariables, settingGroups } from './settings/all.ts';
import type { JobDeclaration } from './settings/job.ts';
import { type Environment, readText } from './settings/read-group.ts';
import { type Setting, variableName } from './settings/setting.ts';

const introduction = `# Configuration

<!-- Generated from the declarations in src/config, src/jobs and src/policies by \`npm run docs\`. -->

Everything is set by environment variables.
They are all here; \`caretaker config\` prints the values in effect.

- **Left out or empty is the same:** the default applies.
- **Secrets may come as files.**
  For each secret \`NAME\` there is \`NAME_FILE\`: the path of a file that contains the value, as Docker and Kubernetes mount secrets.
  Line ends behind it and a byte order mark are left out.
  Any other control character is an error, and so is setting both.
  Secrets are masked in every output.
- **A file \`.env\`** in the working directory is read too, if there is one: one \`NAME=value\` a line, in UTF-8.
  A value with a \`#\` in it, or of several lines, stands in quotes.
  A line that would set nothing, or something else than it says, is an error, told with its number.
  A variable that the environment has already keeps its value.
- **Every wrong variable is named at once,** and nothing starts.
  A name that begins with one of the prefixes below and is not on this page is wrong too: a misspelled limit would be no limit.
  Names that begin with \`REDIS_\` or \`OTEL_\` are not checked for that, because other programs use them too.
  The variables that Kubernetes adds for its services (\`…_SERVICE_HOST\`, \`…_PORT_6379_TCP\`) are ignored, also \`OPS_PORT=tcp://…\` for one named ops.
- **Durations** are ISO 8601: \`PT30S\`, \`PT15M\`, \`PT36H\`, \`P30D\`.
- **Schedules** are cron expressions in the job's time zone, or \`every PT15M\`.
  A cron expression has five fields (minute, hour, day of the month, month, day of the week) or six, with seconds first.
  When the clock goes forward, a run at 02:30 starts at 03:30; when it goes back, it starts once, at the first 02:30.
- **A vendor** that no enabled job needs may be left out.
  A command that asks no vendor (\`runs\`, \`approve\`, \`pause\`, \`findings\`, …) needs no settings of any; \`run\` and \`plan\` need those of the vendor of their job.
`;

/** What has to be settled before a first run, in the order of docs/start.md; everything else has a default to begin with. */
const firstVariables: Readonly<Record<string, string>> = {
  REDIS_URL: 'where the queues are.',
  CARETAKER_ROSTER: 'whose devices are maintained.',
  POINTSHARP_URL: 'the address of Pointsharp ID.',
  POINTSHARP_AUTH: 'how to sign in there; the vendor documents no way.',
  POINTSHARP_PASSWORD: 'with `POINTSHARP_USERNAME`, or what another way to sign in needs.',
  SUPEROFFICE_URL: 'the address of the SuperOffice web API.',
  SUPEROFFICE_AUTH: 'how to sign in there: onsite and Online differ.',
  SUPEROFFICE_PASSWORD: 'with `SUPEROFFICE_USERNAME`, or what another way to sign in needs.',
  REFRESH_TIMED_DEVICES_UNIT: 'in what the notice of a timed device counts; `caretaker doctor` estimates it.',
  CARETAKER_MODE: 'whether anything is written.',
};

/** The Markdown page of every variable, generated from the declarations. */
export function configurationReference(jobs: readonly JobDeclaration[]): string {
  const groups = settingGroups(jobs);
  const sections = groups.map(({ title, prefix, settings }) => {
    const rows = Object.entries(settings).map(([key, setting]) =>
      referenceRow(variableName(prefix, key), setting),
    );
    return [
      `## ${headingOf(title, prefix)}`,
      '',
      '| Variable | Default | Expected | Meaning |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${[introduction.trimEnd(), firstSection(groups), ...sections].join('\n\n')}\n`;
}

const headingOf = (title: string, prefix: string) => (prefix === '' ? title : `${title}: \`${prefix}…\``);

/** The few variables to begin with, each with the way to its row; a job that is not there has none. */
function firstSection(groups: ReturnType<typeof settingGroups>): string {
  const lines = Object.entries(firstVariables).flatMap(([variable, meaning]) => {
    const group = groups.find(({ prefix, settings }) =>
      Object.keys(settings).some((key) => variableName(prefix, key) === variable),
    );
    if (!group) return [];
    const anchor = headingOf(group.title, group.prefix)
      .toLowerCase()
      .replaceAll(/[:`…,]/g, '')
      .replaceAll(' ', '-');
    return [`1. [\`${variable}\`](#${anchor}): ${meaning}`];
  });
  return ['## The ten to begin with', '', ...lines].join('\n');
}

function referenceRow(variable: string, { fallback, expected, doc, secret }: Setting<unknown>): string {
  const secrecy = secret ? ` **${secrecyNames[secret]}**; also \`${variable}_FILE\`.` : '';
  const cells = [
    `\`${variable}\``,
    fallback === undefined ? '' : `\`${fallback}\``,
    expected,
    `${doc}${secrecy}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const secrecyNames = { whole: 'Secret', 'in-url': 'Its password is secret' };

/** A variable as it is in effect. The value can be shown: secrets are masked; without a value it is empty. */
export interface EffectiveVariable {
  readonly variable: string;
  readonly value: string;
  readonly source: 'environment' | 'file' | 'default' | 'not set';
}

/** Every variable with the value in effect and where it comes from. */
export function effectiveConfiguration(
  environment: Environment,
  jobs: readonly JobDeclaration[],
): EffectiveVariable[] {
  return allVariables(jobs).map(([variable, setting]) => {
    const written = readText(variable, setting, environment);
    const text = 'text' in written ? written.text : '';
    if (text !== undefined) {
      const source = environment[variable] ? 'environment' : 'file';
      return { variable, value: shown(text, setting), source };
    }
    const { fallback } = setting;
    return fallback === undefined
      ? { variable, value: '', source: 'not set' }
      : { variable, value: shown(fallback, setting), source: 'default' };
  });
}

function shown(text: string, { schema, secret }: Setting<unknown>): string {
  if (secret === undefined) return maskAddress(text);
  // Where the password is in a wrong address cannot be known.
  return secret === 'in-url' && schema.safeParse(text).success ? maskPassword(text) : mask;
}
