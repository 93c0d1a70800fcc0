import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  visitor = await visit(endToEnd, held);
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

const decisionPath = (id: string) => `/runs/${id}/decision`;
const pages = () => [
  '/',
  '/runs',
  '/runs?job=purge-windows',
  `/runs/${run}`,
  '/findings',
  '/findings?severity=high',
  '/history',
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

  it('show the plan of a held run, its limits, and when it stops without a decision', async () => {
    const page = await visitor.page(`/runs/${run}`);
    const { plan, actions } = (await endToEnd.run(['runs', run, '--json'])).json<
      Report & { plan: { sample: { user: string; subject: string }[] } }
    >();
    expect(page).toContain(`It plans <strong>${actions.planned} actions</strong>`);
    expect(page).toMatch(/Without a decision the run stops at <time/);
    expect(page).toMatch(/maximum actions \(REFRESH_TIMED_DEVICES_MAX_ACTIONS\)<\/dt><dd>1<\/dd>/);
    for (const { user, subject } of plan.sample)
      expect(unescaped(page)).toContain(`${user}</th><td>${subject}</td>`);
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
    const rows = async (path: string) =>
      (await visitor.page(path)).match(/<tr><td><span class="label/g)?.length ?? 0;
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
      trigger: 'command',
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
});
