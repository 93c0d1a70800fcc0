import { holidayDays } from '../../simulators/pointsharp/habits.ts';
import { eventsOf, personsIn, runOuts } from './facts.ts';
import { type Course, type Courses, type Proof, requestsPerNight } from './proofs.ts';
import { totalTable, weekTable } from './tables.ts';

const dayMs = 86_400_000;

/** `docs/time-lapse.md`: the same courses and proofs, the same page. */
export function page(courses: Courses, proofs: readonly Proof[]): string {
  const { without, defaults } = courses;
  const { users, days } = without.lapse.setting;
  const [, ...scenarios] = Object.values(courses);
  return `# Time-lapse: ${days} days with and without caretaker

${users} people live with their phones for ${days} simulated days, twice: once without caretaker and once with it.
The job, its policy, its schedule and its typed clients are the real ones; Pointsharp ID is simulated, and its clock is moved.
A run takes no time on that clock.

\`\`\`
npm run time-lapse
\`\`\`

This command writes the page and its picture anew: the same code, the same bytes.

![Notifications sent and devices timed out per week, without and with caretaker](time-lapse.svg)

## Who lives there

${who}

## What it shows

${proofs.map(({ claim, holds }) => `- ${holds ? '' : '**Not borne out:** '}${claim}`).join('\n')}

Notifications / time-outs in all ${days} days:

${totalTable(Object.values(courses).map(({ title, lapse }) => [title, lapse]))}

"without" and "as by default" are the two of the picture.
Each course changes this of the defaults (a run each day at 03:45 UTC, MARGIN PT36H, ACTIVE_WITHIN P14D), beside UNIT, which an operator has to find out:

${scenarios.map((one) => `- ${one.title}: ${changesOf(one)}`).join('\n')}

## Holidays

${holidays(courses)}

## Leavers

${leavers(defaults)}

## Ask only who can be due

${askedLess(courses)}

## A margin that is too small

${tooSmall(courses)}

## Notifications sent per week, without → with

${weekTable('notification', without.lapse, defaults.lapse)}

## Devices timed out per week, without → with

${weekTable('timeout', without.lapse, defaults.lapse)}
`;
}

const who = `- A **daily user** uses the phone once a day or more, a **weekly user** on one day of each week.
- Somebody with a **${holidayDays / 7}-week holiday** is a daily user who leaves the phone alone for ${holidayDays} days, once.
- A **leaver** is a daily user who uses the phone for the last time on some day of the first eleven weeks.
- With a **phone replaced**, the same happens to the old phone, and a new one is used daily from the next day on.

Every phone is a timed device with a period of 14, 30, 60 or 90 days and a warning 1, 2, 3 or 7 days ahead.
Half of the people extend a device at their next use after the warning; the others let it time out and bring it back when they need it.
The vendor documents that a timed-out device can be brought back; that a warned one can be extended is assumed.
The world begins with no device due before the first run: nobody can be helped before it.`;

function changesOf({ changes }: Course): string {
  const texts = Object.entries(changes).map(([name, value]) => `\`${name}=${value}\``);
  return texts.join(' ') || 'nothing';
}

function holidays({ defaults, longerActive }: Courses): string {
  const { lapse } = defaults;
  const warnings = eventsOf(lapse, 'notification', 'holiday');
  const timeouts = eventsOf(lapse, 'timeout', 'holiday');
  const people = lapse.habits.filter(({ kind }) => kind === 'holiday').length;
  const away = warnings.filter(({ person, atMs }) => isAway(defaults, person, atMs)).length;
  return `Of ${people} people with a holiday of ${holidayDays} days, ${personsIn(warnings)} are warned (${warnings.length} notifications), and ${timeouts.length} devices time out.
A device counts as in use for 14 days after its last success (ACTIVE_WITHIN P14D).
What becomes due later is kept as \`inactive\`: dead and on holiday look the same.
So ${away} of the warnings come in the last days of the absence, and ${warnings.length - away} within a day of the return, before the next run could see that the owner is back.
The next run refreshes, late, the device of whoever is back before the time-out, unless its owner extends it first; a device that has timed out is left to its owner.

That is the policy, not a fault.
With ACTIVE_WITHIN P28D nobody is warned because of such a holiday (${eventsOf(longerActive.lapse, 'notification', 'holiday').length} notifications); the price is that a leaver's device may live 14 days longer.`;
}

function isAway({ lapse }: Course, person: number, atMs: number): boolean {
  const usesMs = lapse.habits[person]?.phones.flatMap((phone) => phone.usesMs) ?? [];
  const lastMs = usesMs.findLast((useMs) => useMs <= atMs) ?? 0;
  return atMs - lastMs > 2 * dayMs;
}

function leavers({ lapse, rules }: Course): string {
  const ends = runOuts(lapse, rules);
  const refreshed = ends.filter(({ refreshesMs }) => refreshesMs.length > 0);
  const afterMs = (moments: readonly number[], lastUseMs: number) =>
    (moments.at(-1) ?? lastUseMs) - lastUseMs;
  const lastRefresh = Math.max(...ends.map((one) => afterMs(one.refreshesMs, one.lastUseMs)));
  const lastTimeout = Math.max(...ends.map((one) => afterMs(one.timeoutsMs, one.lastUseMs)));
  return `A run may refresh a device up to ACTIVE_WITHIN after its last success, and not a moment longer.
So the bound is

    time-out ≤ last success + ACTIVE_WITHIN + one period of the device

${refreshed.length} of the ${ends.length} devices are refreshed after their last use, the latest ${inDays(lastRefresh)} days after it; the longest time from the last use to the time-out is ${inDays(lastTimeout)} days (at most 14 + 90).
On the way there ${eventsOf(lapse, 'notification', 'leaver').length} notifications go out, as they should: nobody uses these devices.
The old phones of those who got a new one go the same way.`;
}

function inDays(milliseconds: number): string {
  return (milliseconds / dayMs).toFixed(1);
}

function askedLess({ defaults, askedLess: course, without }: Courses): string {
  const share = Math.round((100 * course.lapse.requests) / defaults.lapse.requests);
  const { users } = without.lapse.setting;
  return `With ${changesOf(course)} a user of whom nothing can be due is not asked.
The quickest phones here have a period of 14 days and a warning 7 days ahead: with MARGIN PT36H a new one is due after 5.5 days, so nobody is left unasked for longer than that, whatever is set.
${users} people cost ${course.lapse.requests} requests instead of ${defaults.lapse.requests} (${share} %), writes included: ${requestsPerNight(course)} per person and night instead of ${requestsPerNight(defaults)}.
Each refresh, notification and time-out is the same, device by device and moment by moment, though people extend their devices themselves and get new ones.`;
}

function tooSmall({ tooSmall: course, asAdvised }: Courses): string {
  const missed = eventsOf(course.lapse, 'notification', 'daily', 'weekly');
  const late = eventsOf(asAdvised.lapse, 'notification', 'daily', 'weekly');
  return `With ${changesOf(course)} caretaker warns at its start, and refuses to start in enforce:

${course.lapse.warnings.map((warning) => `> ${warning}`).join('\n')}

Here it ran nevertheless.
The check is based on one rule: a device is missed if and only if its due window, from MARGIN before the warning up to the warning, holds no tick of the schedule.
Computed from that rule and the calendar alone (\`bench/time-lapse/foretell.ts\`), ${missed.length} notifications had to go to daily and weekly users; exactly those were counted, device by device and moment by moment.

With the margin that the check asks for, ${late.length} are left, to ${personsIn(late)} people.
All have a phone with a period of 14 days that is warned about 7 days ahead: its warning comes a week after each restart, on the very tick of the next run.
No margin helps there: the gap between two runs has to be shorter than TimeoutConf − TimeoutConfAheadNotification.
The check cannot see that, because it knows no devices.`;
}
