import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';
import { jobs } from '../../../../src/jobs/index.ts';
import { checkRoster } from '../../../../src/ops/doctor/roster/roster.ts';
import { noOpenLdap, reader, startOpenLdap, suffix } from '../../../support/openldap.ts';

it.skipIf(noOpenLdap)(
  `a directory that is too large to be read at once is looked at, and the doctor says so ${noOpenLdap ?? ''}`.trim(),
  async () => {
    const people = Array.from({ length: 30 }, (_, index) => ({ uid: `p${index}`, title: `group-${index}` }));
    const directory = await startOpenLdap({ people });
    onTestFinished(() => directory.close());
    const environment = {
      CARETAKER_ROSTER: directory.url,
      ROSTER_LDAP_BASE: `ou=people,${suffix}`,
      ROSTER_LDAP_FILTER: '(objectClass=inetOrgPerson)',
      ROSTER_LDAP_USERNAME_ATTRIBUTE: 'uid',
      ROSTER_LDAP_GROUP_ATTRIBUTE: 'title',
      ROSTER_LDAP_PAGE_SIZE: '7',
      ROSTER_LDAP_BIND_DN: reader.dn,
      ROSTER_LDAP_BIND_PASSWORD: reader.password,
      POINTSHARP_URL: 'https://id.example/api/',
      AUDIT_POCKET_ENABLED: 'false',
      REFRESH_TIMED_DEVICES_EXCLUDE_GROUPS: 'group-29,none',
    };
    const now = DateTime.now();
    const config = loadConfig(environment, jobs, now);
    const look = async (enoughMs: number) => {
      let seen = 0;
      const lines = await checkRoster(config, {
        sampleSize: 50,
        now,
        input: Readable.from([]),
        timeoutMs: 20_000,
        enoughMs,
        onSample({ users }) {
          seen = users.length;
        },
      });
      return { seen, found: lines.map(({ check, health, found }) => `${health} ${check}: ${found}`) };
    };
    const part = await look(0);
    expect(part.seen).toBe(7);
    expect(part.found).toContain(
      `ok users: the first 7 in ${directory.url}, which has more: caretaker roster check reads all of it`,
    );
    expect(part.found.join()).not.toContain('which a policy names');
    const whole = await look(3_600_000);
    expect(whole.seen).toBe(30);
    expect(whole.found).toContain(`ok users: 30 in ${directory.url}`);
    expect(whole.found.join()).toContain('warn groups: no user is in none, which a policy names');
  },
);
