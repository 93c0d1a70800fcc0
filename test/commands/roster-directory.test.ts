import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { storageNames } from '../../simulators/people/people.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import {
  noOpenLdap,
  type OpenLdap,
  open,
  type Person,
  reader,
  startOpenLdap,
  suffix,
} from '../support/openldap.ts';

const users = 400;
const storages: readonly string[] = storageNames;
const unlimited = 'limits users size=unlimited';
/** One in twenty has left; half of them are disabled, half of them stand in a filter. */
const isLeaver = (index: number) => index % 20 === 7;
let endToEnd: EndToEnd;
let people: Person[];
let directory: OpenLdap;

beforeAll(async () => {
  if (noOpenLdap) return;
  endToEnd = await openEndToEnd({ users, frozen: true });
  const world = endToEnd.simulators.people;
  people = Array.from({ length: users }, (_, index) => ({
    uid: `p${index}`,
    sAMAccountName: world.username(index),
    employeeNumber: String(world.associateId(index)),
    employeeType: String(storages.indexOf(world.storage(index))),
    userAccountControl: isLeaver(index) && index % 40 === 7 ? '514' : '512',
    ...(isLeaver(index) ? { title: 'gone' } : {}),
  }));
  directory = await startOpenLdap({ people });
});
afterAll(() => Promise.all([endToEnd?.close(), directory?.close()]));

/** Each storage is a directory of its own, of which all three live on one server. */
function environment({ url }: OpenLdap): Record<string, string> {
  const each = storages.map((storage, index) => {
    const prefix = index === 0 ? 'ROSTER_LDAP_' : `ROSTER_LDAP_${index + 1}_`;
    return {
      [`${prefix}BASE`]: `ou=people,${suffix}`,
      [`${prefix}FILTER`]: `(employeeType=${index})`,
      [`${prefix}LEAVER_FILTER`]: '(title=gone)',
      [`${prefix}STORAGE`]: storage,
      [`${prefix}ASSOCIATE_ATTRIBUTE`]: 'employeeNumber',
      [`${prefix}PAGE_SIZE`]: '50',
      [`${prefix}BIND_DN`]: reader.dn,
      [`${prefix}BIND_PASSWORD`]: reader.password,
    };
  });
  return Object.assign({ CARETAKER_ROSTER: `${url} ${url} ${url}`, CARETAKER_MODE: 'enforce' }, ...each);
}

async function run(job: string, from: OpenLdap, extra: Readonly<Record<string, string>> = {}) {
  const result = await endToEnd.run(['run', job, '--json'], { ...environment(from), ...extra });
  expect(result.output + result.errors).not.toContain(reader.password);
  return { code: result.code, output: result.output + result.errors, report: () => result.json<Report>() };
}

const leavers = () => Array.from({ length: users }, (_, index) => index).filter(isLeaver);

describe.skipIf(noOpenLdap)(`runs over a directory ${noOpenLdap ?? ''}`.trim(), () => {
  it('who has left is kept as departed by the refresh, purged all the same, and named by the audit', async () => {
    const { pointsharp } = endToEnd.simulators;
    const before = pointsharp.world.snapshotDevices();
    const refresh = await run('refresh-timed-devices', directory);
    expect(refresh.code).toBe(0);
    expect(refresh.report().users).toMatchObject({ selected: users, inspected: users });
    expect(refresh.report().kept.departed).toBe(leavers().length);
    expect(refresh.report().actions.applied).toBeGreaterThan(0);
    for (const leaver of leavers()) expect(pointsharp.world.devices(leaver)).toEqual(before.get(leaver));

    const purge = await run('purge-windows', directory);
    expect(purge.report().actions).toMatchObject({ planned: users * 2, applied: users * 2 });

    const audit = await run('audit-pocket', directory);
    expect(audit.report().users).toMatchObject({ selected: users, inspected: users, failed: 0 });
    const { superoffice, people: world } = endToEnd.simulators;
    const withPocket = leavers().filter(
      (leaver) => superoffice.world.registrations(world.associateId(leaver)).length > 0,
    );
    expect(withPocket.length).toBeGreaterThan(0);
    expect(audit.report().findings.departed).toBe(withPocket.length);
  });

  it('caretaker roster check shows what each directory gives, and that it is what it was', async () => {
    await run('purge-windows', directory);
    const { code, output } = await endToEnd.run(['roster', 'check'], environment(directory));
    expect(code).toBe(0);
    for (const index of storages.keys()) {
      const given = people.filter(({ employeeType }) => employeeType === String(index));
      const left = given.filter(({ title }) => title === 'gone').length;
      const counts = [given.length, given.length, 0, 0].join(' +');
      expect(output).toMatch(new RegExp(`employeeType=${index}\\) +${counts} +\\d+ +${left} +0\\n`));
      expect(output).toMatch(
        new RegExp(`employeeType=${index}\\): as many users .* \\(${given.length}\\), the same ones`),
      );
    }
  });

  it.each<[string, readonly string[], Record<string, string>]>([
    ['rights that hide one directory', [`access to filter=(employeeType=1) by * none`, open, unlimited], {}],
    ['a limit of size', [open, 'sizelimit 60'], {}],
    ['a wrong password', [open, unlimited], { ROSTER_LDAP_3_BIND_PASSWORD: 'wrong' }],
  ])('%s fails the run, and nothing is written', async (_, settings, extra) => {
    const poor = await startOpenLdap({ people, settings });
    onTestFinished(() => poor.close());
    const { traffic } = endToEnd.simulators.pointsharp;
    traffic.reset();
    const { code, output } = await run('purge-windows', poor, extra);
    expect(code).not.toBe(0);
    expect(output).toContain('ROSTER_LDAP_');
    expect(traffic.facts().requests).toBe(0);
  });

  it('rights that hide most of one directory hold the run, and nothing is written', async () => {
    const whole = await startOpenLdap({ people });
    const port = Number(new URL(whole.url).port);
    const first = await run('purge-windows', whole);
    await whole.close();
    expect(first.code).toBe(0);
    const hidden = 'access to filter=(&(employeeType=1)(!(uid=p1*))) by * none';
    const poor = await startOpenLdap({ people, port, settings: [hidden, open, unlimited] });
    onTestFinished(() => poor.close());
    const { traffic } = endToEnd.simulators.pointsharp;
    traffic.reset();
    const { code, output } = await run('purge-windows', poor);
    expect(code).toBe(3);
    expect(output).toMatch(/employeeType=1\) gives \d+ users, fewer than PURGE_WINDOWS_SHRINK_FACTOR/);
    expect(traffic.facts().requests).toBe(0);
  });
});
