import type { Command } from 'commander';

/** A line as somebody would type it, and what it is for. */
interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** Of each command, by its whole name, lines that work; a test runs them. */
const examples: Readonly<Record<string, readonly Example[]>> = {
  '': [
    { meaning: 'everything once, with simulated vendors', line: 'caretaker demo' },
    { meaning: 'what is wrong, and what to do about it', line: 'caretaker doctor' },
    { meaning: 'what happened last night', line: 'caretaker runs' },
    { meaning: 'what each job would do to one user now, and why', line: 'caretaker explain kari' },
    { meaning: 'stop all work at a vendor, and go on', line: 'caretaker pause pointsharp' },
    { meaning: '', line: 'caretaker resume pointsharp' },
  ],
  worker: [
    {
      meaning: 'keep the schedules, in observe unless CARETAKER_MODE says enforce',
      line: 'caretaker worker',
    },
  ],
  run: [
    { meaning: 'what a run would do, where CARETAKER_MODE is observe', line: 'caretaker run purge-windows' },
    {
      meaning: 'do it, for two users only',
      line: 'caretaker run refresh-timed-devices --mode enforce --user kari ola',
    },
    { meaning: 'audit, and read what it found', line: 'caretaker run audit-pocket && caretaker findings' },
  ],
  trigger: [
    {
      meaning: 'let the workers do it, and say why',
      line: 'caretaker trigger purge-windows --reason "after the move to new servers"',
    },
  ],
  plan: [
    {
      meaning: 'a plan in a file, what is in it, and exactly that',
      line: 'caretaker plan refresh-timed-devices --out plan.json',
    },
    { meaning: '', line: 'caretaker plan show plan.json' },
    { meaning: '', line: 'caretaker apply plan.json --mode enforce' },
  ],
  'plan make': [
    {
      meaning: 'for one user, as a pilot',
      line: 'caretaker plan refresh-timed-devices --user kari --out pilot.json',
    },
    {
      meaning: 'straight on to whoever reads it',
      line: 'caretaker plan purge-windows --out - | caretaker plan show -',
    },
  ],
  'plan show': [
    { meaning: 'to whom it does what, and why', line: 'caretaker plan show plan.json' },
    { meaning: 'the same for a program', line: 'caretaker plan show plan.json --json' },
  ],
  apply: [
    {
      meaning: 'do what the file says, and no more',
      line: 'caretaker apply plan.json --mode enforce --reason "approved by the helpdesk"',
    },
  ],
  doctor: [
    { meaning: 'look at everything', line: 'caretaker doctor' },
    { meaning: 'as the gate of a pod', line: 'caretaker doctor --start' },
  ],
  schedules: [{ meaning: 'when each job runs next', line: 'caretaker schedules' }],
  runs: [
    { meaning: 'the last ones', line: 'caretaker runs' },
    {
      meaning: 'those of a job that ended badly since yesterday',
      line: 'caretaker runs --job purge-windows --status failed --since P1D',
    },
    { meaning: 'the report of the newest, and to whom it would do what', line: 'caretaker runs latest' },
    { meaning: '', line: 'caretaker runs latest --users' },
    { meaning: 'a run by the end of its id', line: 'caretaker runs 70151f' },
  ],
  findings: [
    { meaning: 'the worst', line: 'caretaker findings --severity high' },
    { meaning: 'those of one user', line: 'caretaker findings --user kari' },
    { meaning: 'all of them, for a spreadsheet', line: 'caretaker findings --csv > findings.csv' },
  ],
  history: [{ meaning: 'who did what, and why', line: 'caretaker history --count 50' }],
  explain: [{ meaning: 'what each job would do to her, and why', line: 'caretaker explain kari' }],
  config: [
    { meaning: 'what is set, and what is wrong with it', line: 'caretaker config' },
    { meaning: 'every variable there is', line: 'caretaker config --reference' },
  ],
  roster: [{ meaning: 'the one that is configured', line: 'caretaker roster check' }],
  'roster check': [
    { meaning: 'the one that is configured', line: 'caretaker roster check' },
    { meaning: 'a file before it is', line: 'caretaker roster check users.csv' },
  ],
  approve: [
    {
      meaning: 'see whom it concerns, and let it go on',
      line: 'caretaker runs 70151f --users',
    },
    { meaning: '', line: 'caretaker approve 70151f --note "new phones for all"' },
  ],
  reject: [
    { meaning: 'end it without a write', line: 'caretaker reject 70151f --note "the roster is too short"' },
  ],
  stop: [{ meaning: 'end the newest run', line: 'caretaker stop latest --note "the vendor is slow"' }],
  pause: [
    { meaning: 'a job', line: 'caretaker pause purge-windows --note "until Monday"' },
    { meaning: 'everything that asks a vendor', line: 'caretaker pause superoffice' },
  ],
  resume: [
    { meaning: 'a job', line: 'caretaker resume purge-windows' },
    { meaning: 'everything that asks a vendor', line: 'caretaker resume superoffice' },
  ],
  device: [{ meaning: 'what a user has', line: 'caretaker device list kari' }],
  'device list': [
    { meaning: 'what a user has', line: 'caretaker device list kari' },
    { meaning: 'where the roster does not say the storage', line: 'caretaker device list kari --storage AD' },
  ],
  'device open-window': [
    {
      meaning: 'let one new phone in, within ten minutes',
      line: 'caretaker device open-window kari --minutes 10 --user-agent "*iPhone*" --yes',
    },
  ],
  'device set-state': [
    {
      meaning: 'what it would do',
      line: 'caretaker device set-state kari A1B2C3 2 --dry-run',
    },
  ],
  'device update-time': [
    {
      meaning: 'give a phone its whole time again',
      line: 'caretaker device update-time kari A1B2C3 --yes --reason "back from leave"',
    },
  ],
  'device remove': [
    { meaning: 'what it would do', line: 'caretaker device remove kari A1B2C3 --dry-run' },
    {
      meaning: 'every device of somebody who has left',
      line: 'caretaker device remove kari --all --yes --reason "has left"',
    },
  ],
  'device remove-windows': [
    {
      meaning: 'those that nobody uses',
      line: 'caretaker device remove-windows kari --expired --waiting --yes',
    },
  ],
  pocket: [{ meaning: 'what an associate has registered', line: 'caretaker pocket list 1001' }],
  'pocket list': [
    { meaning: 'what an associate has registered', line: 'caretaker pocket list 1001' },
    {
      meaning: 'two properties of it',
      line: 'caretaker pocket list 1001 --select DeviceName,PocketVersion',
    },
  ],
  superoffice: [
    {
      meaning: 'sign in once, so that the program can',
      line: 'caretaker superoffice login --out /etc/caretaker/refresh-token',
    },
  ],
  'superoffice login': [
    {
      meaning: 'a refresh token',
      line: 'caretaker superoffice login --out /etc/caretaker/refresh-token',
    },
    {
      meaning: 'the token of the system user',
      line: 'caretaker superoffice login --system-user --out /etc/caretaker/system-user',
    },
  ],
  simulate: [
    { meaning: 'both vendors and a Redis; prints what to set', line: 'caretaker simulate --redis' },
    {
      meaning: 'another company, on free ports',
      line: 'caretaker simulate --users 500 --seed 7 --control-port 0',
    },
  ],
  completion: [
    { meaning: 'in this shell; in ~/.bashrc for every one', line: 'source <(caretaker completion bash)' },
    {
      meaning: 'for fish',
      line: 'caretaker completion fish > ~/.config/fish/completions/caretaker.fish',
    },
  ],
  demo: [{ meaning: 'one run of each job, in enforce', line: 'caretaker demo' }],
};

/** Adds the examples to the help of every command, behind all else. */
export function addExamples(program: Command, name = ''): void {
  const lines = (examples[name] ?? []).flatMap(({ meaning, line }) => [
    ...(meaning === '' ? [] : [`  # ${meaning}`]),
    `  ${line}`,
  ]);
  if (lines.length > 0) program.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  for (const command of program.commands) addExamples(command, `${name} ${command.name()}`.trim());
}
