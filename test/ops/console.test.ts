import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVersion } from '../../src/domain/version.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { held, secret, tokenFor, type Visitor, visit } from './visitor.ts';

const users = 100;
const nasty = '<img src=x onerror=alert(1)>';
let endToEnd: EndToEnd;
let visitor: Visitor;
let run: string;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
  visitor = await visit(endToEnd, {
    ...held,
    CARETAKER_TIME_ZONE: 'Asia/Kathmandu',
    // After a run over one user, one over all is no growth that anybody has to be asked about.
    PURGE_WINDOWS_GROWTH_FACTOR: '1000',
  });
  run = await holdRun();
});
afterAll(() => endToEnd.close());

async function holdRun(): Promise<string> {
  const words = ['trigger', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
  const { id } = (await endToEnd.run(words)).json<{ id: string }>();
  while ((await reportOf(id)).run.status !== 'held');
  return id;
}

async function reportOf(id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

async function schedules() {
  return (await endToEnd.run(['schedules', '--json'])).json<{
    pauses: { what: string; by: string; note: string }[];
  }>();
}

/** Everything that is kept in Redis, but for what a worker does by itself as time goes by. */
async function everyRun(): Promise<unknown> {
  return (await endToEnd.run(['runs', '--json'])).json();
}

function unescaped(page: string): string {
  const signs: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  return page.replace(/&(lt|gt|quot|#39|amp);/g, (sign) => signs[sign] ?? sign);
}

/** The cells of a table by its name, row by row, as somebody reads them. */
function cells(page: string, name: string): string[][] {
  const table = page.split(`aria-label="${name}"`)[1]?.split('</table>')[0] ?? '';
  const rows = table.split('<tr').slice(2);
  return rows.map((row) =>
    [...row.matchAll(/<div class="cell">(.*?)<\/div>/gs)].map(([, cell = '']) =>
      unescaped(cell.replace(/<small>/g, ' ').replace(/<[^>]*>/g, '')),
    ),
  );
}

const decisionPath = (id: string) => `/runs/${id}/decision`;
const pages = () => [
  '/',
  '/runs',
  '/runs?job=purge-windows',
  `/runs/${run}`,
  '/findings',
  '/findings?severity=high',
  '/history',
  `/runs/${run}/plan`,
  `/runs/${run}/stop`,
  '/pauses/purge-windows',
  '/users',
  `/users/${encodeURIComponent(endToEnd.simulators.people.username(0))}`,
  '/doctor',
];

describe('the pages of the console', () => {
  it('show the state of each job and each vendor, and that a run is held', async () => {
    const page = await visitor.page('/');
    for (const text of [
      'purge-windows',
      'refresh-timed-devices',
      'audit-pocket',
      'pointsharp',
      'superoffice',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('A run of refresh-timed-devices is held');
    expect(page).toContain('no limit per second, 8 in flight');
    expect(page).toContain('signed in as <strong>kari</strong>');
  });

  it('the first page of the console begins with a verdict and with what needs a person, and tells how everything is', async () => {
    const page = await visitor.page('/');
    expect(page).toMatch(
      /class="verdict bad">Act now: in the last 24 hours no run ended, and \d things need a person/,
    );
    const needs = page.split('<ul class="needs">')[1]?.split('</ul>')[0] ?? '';
    expect(needs.indexOf('held run')).toBeGreaterThan(0);
    expect(needs).toContain(`<a href="/runs/${run}">Review its plan</a>`);
    expect(needs).toContain(`<a href="/runs/${run}/plan?only=late">See who</a>`);
    expect(cells(page, 'Workers')).toEqual([[expect.any(String), readVersion(), 'enforce', 'everything']]);
    expect(page).toMatch(/<dt>Age<\/dt><dd>written [^<]+ ago<\/dd>/);
    expect(page).toContain('href="/pauses/everything"');
  });

  it('the pages of the console have their times in the zone for people, and a schedule in the zone of its job', async () => {
    const page = await visitor.page('/');
    expect(page).toContain('Times in Asia/Kathmandu');
    const next = page.split('<dt>Next run</dt>')[1]?.split('</dd>')[0] ?? '';
    expect(next).toMatch(/02:15<small>in .*<small>UTC<\/small>/);
    const { startedAt } = (await reportOf(run)).run;
    const local = new Date(startedAt ?? '')
      .toLocaleString('sv-SE', { timeZone: 'Asia/Kathmandu' })
      .slice(0, 16);
    expect(await visitor.page(`/runs/${run}`)).toContain(`>${local}<small>`);
  });

  it('a page of the console reloads itself only for who wants that', async () => {
    expect(await visitor.page('/')).not.toContain('http-equiv="refresh"');
    expect(await visitor.page('/?live')).toContain('<meta http-equiv="refresh" content="15">');
  });

  it('the plan of a held run is there whole, a page at a time, and can be searched for a user and for who is late', async () => {
    const { actions, late } = await reportOf(run);
    const all = cells(await visitor.page(`/runs/${run}/plan`), 'Plan');
    expect(all).toHaveLength(Math.min(100, actions.planned));
    const [first = []] = all;
    const [name = ''] = first[0]?.split(' ') ?? [];
    const found = cells(
      await visitor.page(`/runs/${run}/plan?user=${encodeURIComponent(name.toUpperCase())}`),
      'Plan',
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(([user = '']) => user.includes(name))).toBe(true);
    const lates = cells(await visitor.page(`/runs/${run}/plan?only=late`), 'Plan');
    expect(lates).toHaveLength(late);
    expect(new Set(lates.map((row) => row.at(-1)))).toEqual(new Set(['late']));
    expect(cells(await visitor.page(`/runs/${run}/plan?page=9999`), 'Plan')).toEqual([]);
    expect((await visitor.ask('/runs/purge-windows-20260101T000000Z-abcdef/plan')).status).toBe(404);
  });

  it('the page of a user tells what each job would do now and why, and names who may have been meant', async () => {
    const name = endToEnd.simulators.people.username(3);
    const page = await visitor.page(`/users/${encodeURIComponent(name)}`);
    for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket']) {
      expect(unescaped(page)).toContain(`aria-label="${job} for ${name} in `);
    }
    expect(page).toMatch(/not-timed\? (yes|no)/);
    const typed = await visitor.page(`/users/${encodeURIComponent(`${name}x`)}`);
    expect(typed).toContain('The roster has no user of this name.');
    expect(typed).toContain(`<a href="/users/${encodeURIComponent(name)}">`);
    const asked = await visitor.ask(`/users?name=${encodeURIComponent(name)}`);
    expect(asked.headers.get('location')).toBe(`/users/${encodeURIComponent(name)}`);
  });

  it('the page of the doctor has its checks, the worst first, and no secret', async () => {
    const page = await visitor.page('/doctor');
    const checks = cells(page, 'Checks');
    expect(checks.map(([, check]) => check)).toEqual(
      expect.arrayContaining(['redis reachable', 'pointsharp sign-in', 'roster users', 'versions caretaker']),
    );
    expect(checks[0]?.[0]).not.toBe('ok');
    expect(page).not.toContain(secret);
  });

  it('show the plan of a held run, its limits, and when it stops without a decision', async () => {
    const page = await visitor.page(`/runs/${run}`);
    const { plan, actions } = (await endToEnd.run(['runs', run, '--json'])).json<
      Report & { plan: { sample: { user: string; subject: string }[] } }
    >();
    expect(page).toContain(`It plans <strong>${actions.planned} actions</strong>`);
    expect(page).toMatch(/Without a decision the run stops at <time/);
    // Each limit with what the run comes to; only what is exceeded is marked.
    const limits = cells(page, 'Limits');
    expect(limits[0]).toEqual([
      'Actions max-actions: REFRESH_TIMED_DEVICES_MAX_ACTIONS=1',
      String(actions.planned),
      'at most 1',
      'exceeded',
    ]);
    expect(limits.map(([, , , verdict]) => verdict)).toEqual(['exceeded', 'ok', '', '', 'ok']);
    expect(plan.sample.length).toBeGreaterThan(0);
    const whole = unescaped(await visitor.page(`/runs/${run}/plan`));
    for (const { user, subject } of plan.sample) {
      const href = `/users/${encodeURIComponent(user)}`;
      expect(whole).toContain(`<a href="${href}">${user}</a>`);
      expect(whole).toContain(subject);
    }
  });

  it('the pages of the console have a strict policy and are kept in no cache, whatever they are', async () => {
    const strict =
      "default-src 'none';img-src 'self';style-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'";
    for (const path of [...pages(), '/console.css', '/console.svg', '/nowhere']) {
      const { headers } = await visitor.ask(path);
      expect(headers.get('content-security-policy'), path).toBe(strict);
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('x-frame-options'), path).toBe('DENY');
    }
    const stranger = await visitor.ask('/', { headers: { authorization: '' } });
    expect(stranger.headers.get('content-security-policy')).toBe(strict);
  });

  it('the pages of the console need no script and bring none', async () => {
    for (const path of pages()) {
      const page = await visitor.page(path);
      expect(page, path).not.toMatch(/<script|<style|\son\w+=|\sstyle=|javascript:/i);
      expect(page.match(/<h1/g), path).toHaveLength(1);
    }
  });

  it('the pages of the console change nothing by being looked at', async () => {
    const before = await everyRun();
    for (const path of [...pages(), decisionPath(run), '/jobs/purge-windows/runs', '/queues']) {
      await visitor.ask(path);
    }
    expect(await everyRun()).toEqual(before);
    expect((await visitor.ask(decisionPath(run))).status).toBe(404);
  });

  it('the pages of the console show the name of a user as it is written, also when it looks like a part of the page', async () => {
    const roster = await endToEnd.file('nasty.csv', `username\n${nasty}\n`);
    const answer = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], {
      CARETAKER_ROSTER: roster,
    });
    const report = answer.json<Report>();
    expect(report.failures[0]?.user).toBe(nasty);
    const page = await visitor.page(`/runs/${report.run.id}`);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('the pages of the console show the findings of the last audit, and those of one severity', async () => {
    expect((await endToEnd.run(['run', 'audit-pocket', '--json'])).code).toBe(0);
    const { findings } = (await endToEnd.run(['runs', '--json']))
      .json<Report[]>()
      .find((one) => one.run.job === 'audit-pocket') as Report;
    const all = Object.values(findings).reduce((sum, count) => sum + count, 0);
    expect(all).toBeGreaterThan(0);
    const rows = async (path: string) => cells(await visitor.page(path), 'Findings').length;
    const bySeverity = await Promise.all(
      ['high', 'medium', 'low'].map((severity) => rows(`/findings?severity=${severity}`)),
    );
    expect(await rows('/findings')).toBe(all);
    expect(bySeverity.reduce((sum, count) => sum + count, 0)).toBe(all);
    expect(Math.max(...bySeverity)).toBeLessThan(all);
  });
});

describe('the forms of the console', () => {
  it('the forms of the console start a run of a job, which only observes though the worker enforces', async () => {
    const path = '/jobs/purge-windows/runs';
    const token = tokenFor(await visitor.page('/'), path);
    const answer = await visitor.send(path, { token });
    expect(answer.status).toBe(303);
    const id = /^\/runs\/(.*)\?live$/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
    await expect.poll(async () => (await reportOf(id)).run.status, { timeout: 30_000 }).toBe('completed');
    expect((await reportOf(id)).run).toMatchObject({
      mode: 'observe',
      requestedBy: 'kari',
      trigger: 'console',
    });
  });

  it.each([
    ['without a token', () => ({})],
    ['with a token made up', () => ({ token: '99999999999999.AAAA' })],
    [
      'with a token of another form',
      async () => ({ token: tokenFor(await visitor.page('/'), '/jobs/purge-windows/runs') }),
    ],
    [
      'with a token of somebody else',
      async () => {
        const other = `Basic ${Buffer.from(`ola:${secret}`).toString('base64')}`;
        const page = await (await visitor.ask(`/runs/${run}`, { headers: { authorization: other } })).text();
        return { token: tokenFor(page, decisionPath(run)) };
      },
    ],
  ])('the forms of the console are refused %s', async (_what, fields) => {
    const answer = await visitor.send(decisionPath(run), {
      decision: 'approve',
      note: 'fine',
      ...(await fields()),
    });
    expect(answer.status).toBe(403);
    expect((await reportOf(run)).run.reason).toContain('approve or reject');
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a site beside it', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['a page that hides its origin', { origin: 'null' }],
  ])('the forms of the console are refused from %s, even with the right token', async (_what, headers) => {
    const token = tokenFor(await visitor.page(`/runs/${run}`), decisionPath(run));
    const answer = await visitor.send(
      decisionPath(run),
      { token, decision: 'approve', note: 'fine' },
      headers,
    );
    expect(answer.status).toBe(403);
    expect((await reportOf(run)).run.reason).toContain('approve or reject');
  });

  it('the forms of the console ask for a reason', async () => {
    const token = tokenFor(await visitor.page(`/runs/${run}`), decisionPath(run));
    const answer = await visitor.send(decisionPath(run), { token, decision: 'approve', note: '  ' });
    expect(answer.status).toBe(400);
    expect((await reportOf(run)).run.status).toBe('held');
  });

  it('the forms of the console approve a held run: exactly its plan is applied, and it is known who said so', async () => {
    const { planned } = (await reportOf(run)).actions;
    const token = tokenFor(await visitor.page(`/runs/${run}`), decisionPath(run));
    const answer = await visitor.send(decisionPath(run), { token, decision: 'approve', note: 'new phones' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/runs/${run}?live`);
    await expect.poll(async () => (await reportOf(run)).run.status, { timeout: 30_000 }).toBe('completed');
    expect((await reportOf(run)).actions).toMatchObject({ planned, applied: planned });
    expect(visitor.worker.output()).toMatch(
      /"by":"kari","what":"approve",.*"outcome":"done",.*"why":"new phones"/,
    );
    const again = await visitor.send(decisionPath(run), { token, decision: 'reject', note: 'too late' });
    expect(again.status).toBe(409);
  });

  it('the forms of the console reject a held run: nothing is written, and the report says who did not want it', async () => {
    endToEnd.simulators.reset();
    endToEnd.simulators.pointsharp.traffic.reset();
    const id = await holdRun();
    const token = tokenFor(await visitor.page(`/runs/${id}`), decisionPath(id));
    await visitor.send(decisionPath(id), { token, decision: 'reject', note: 'not <b>today</b>' });
    await expect.poll(async () => (await reportOf(id)).run.status, { timeout: 30_000 }).toBe('stopped');
    expect((await reportOf(id)).run.reason).toContain('rejected by kari: not <b>today</b>');
    expect(await visitor.page(`/runs/${id}`)).toContain('not &lt;b&gt;today&lt;/b&gt;');
    const { byOperation } = endToEnd.simulators.pointsharp.traffic.facts();
    expect(byOperation['PUT Device/UpdateTime'] ?? 0).toBe(0);
  });

  it.each([
    ['pointsharp', ['pointsharp']],
    ['audit-pocket', ['audit-pocket']],
    ['everything', ['pointsharp', 'superoffice']],
  ])(
    'the forms of the console pause and resume %s, and the history says who and why',
    async (what, paused) => {
      const path = `/pauses/${what}`;
      const token = tokenFor(await visitor.page(path), path);
      expect((await visitor.send(path, { token, change: 'pause', note: ' ' })).status).toBe(400);
      expect((await visitor.send(path, { change: 'pause', note: 'upgrade' })).status).toBe(403);
      expect((await schedules()).pauses).toEqual([]);
      expect((await visitor.send(path, { token, change: 'pause', note: 'upgrade' })).status).toBe(303);
      expect((await schedules()).pauses.map(({ what: one, by, note }) => [one, by, note]).toSorted()).toEqual(
        paused.map((one) => [one, 'kari', 'upgrade']),
      );
      const first = await visitor.page('/');
      for (const one of paused)
        expect(first).toMatch(new RegExp(`${one} has been paused since .* by kari \\(upgrade\\)`));
      expect((await visitor.send(path, { token, change: 'resume', note: 'done' })).status).toBe(303);
      expect((await schedules()).pauses).toEqual([]);
      const history = (await endToEnd.run(['history', '--json'])).json<
        { what: string; outcome: string; why: string }[]
      >();
      expect(
        history.slice(0, paused.length).map(({ what: act, outcome, why }) => [act, outcome, why]),
      ).toEqual(paused.map(() => ['resume', 'resumed', 'done']));
    },
  );

  it('the forms of the console pause nothing that is no job or vendor', async () => {
    expect((await visitor.ask('/pauses/mars')).status).toBe(404);
  });

  it('the forms of the console stop a run under way behind what is in flight, and the report says who wanted that', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    faults.latencyMs = 500;
    const words = ['trigger', 'purge-windows', '--mode', 'enforce', '--json'];
    const { id } = (await endToEnd.run(words)).json<{ id: string }>();
    await expect.poll(async () => (await reportOf(id)).run.startedAt, { timeout: 30_000 }).not.toBeNull();
    const path = `/runs/${id}/stop`;
    const token = tokenFor(await visitor.page(path), path);
    expect((await visitor.send(path, { note: 'enough' })).status).toBe(403);
    expect((await visitor.send(path, { token, note: '' })).status).toBe(400);
    const answer = await visitor.send(path, { token, note: 'enough' });
    expect(answer.headers.get('location')).toBe(`/runs/${id}?live`);
    await expect.poll(async () => (await reportOf(id)).run.status, { timeout: 30_000 }).toBe('stopped');
    expect((await reportOf(id)).run.reason).toContain('stopped by kari: enough');
    expect((await visitor.send(path, { token, note: 'again' })).status).toBe(409);
    faults.latencyMs = 0;
  });

  it('the forms of the console start no run of a job that somebody paused', async () => {
    const path = '/jobs/purge-windows/runs';
    const token = tokenFor(await visitor.page('/'), path);
    await endToEnd.run(['pause', 'purge-windows', '--note', 'the server moves', '--by', 'ola']);
    expect(await visitor.page('/')).toMatch(/by <strong>ola<\/strong><p>the server moves<\/p>/);
    const answer = await visitor.send(path, { token });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('caretaker resume purge-windows');
    await endToEnd.run(['resume', 'purge-windows']);
  });

  it('the page of a held run reads its plan so many times a minute, and has its forms all the same', async () => {
    endToEnd.simulators.pointsharp.world.reset();
    const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
    const { id, status } = (await endToEnd.run(words, held)).json<Report>().run;
    expect(status).toBe('held');
    const pages = [await visitor.page(`/runs/${id}`)];
    expect(pages[0]).toContain('See the whole plan');
    const isRefused = (page = '') => page.includes('Plans were read too often');
    // Sixty are read; those before this test count, and their minute may end in it.
    while (pages.length < 122 && !isRefused(pages.at(-1))) pages.push(await visitor.page(`/runs/${id}`));
    expect(isRefused(pages.at(-1))).toBe(true);
    expect(pages.at(-1)).not.toContain('See the whole plan');
    expect(tokenFor(pages.at(-1) ?? '', `/runs/${id}/decision`)).not.toBe('');
    expect((await visitor.ask(`/runs/${id}/plan`)).status).toBe(429);
    await endToEnd.run(['reject', id]);
  });

  it('a page that asks the vendors is refused after so many in a minute, whoever asks', async () => {
    const path = `/users/${encodeURIComponent(endToEnd.simulators.people.username(5))}`;
    const statuses: number[] = [];
    // Twenty are shown; those before this test count, and their minute may end in it.
    while (statuses.length < 42 && statuses.at(-1) !== 429) statuses.push((await visitor.ask(path)).status);
    expect(statuses.at(-1)).toBe(429);
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([200]));
    const authorization = `Basic ${Buffer.from(`ola:${secret}`).toString('base64')}`;
    expect((await visitor.ask(path, { headers: { authorization } })).status).toBe(429);
  });
});
