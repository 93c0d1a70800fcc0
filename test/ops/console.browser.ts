import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { launchBrowser } from './browser.ts';
import { held, secret, type Visitor, visit } from './visitor.ts';

/** Where pictures of the pages go, to be looked at; none are taken when it is not set. */
const pictures = process.env.CONSOLE_PICTURES;

let endToEnd: EndToEnd;
let visitor: Visitor;
let browser: Browser;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 400 });
  visitor = await visit(endToEnd, { POINTSHARP_REQUESTS_PER_SECOND: '2000', CARETAKER_MODE: 'enforce' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await endToEnd?.close();
});

/** A browser of somebody who knows the secret, and lists what the browser complains about. */
async function signIn(
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    httpCredentials: { username: 'kari', password: secret },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { context, page, complaints };
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({
    path: join(pictures, `console-${name}.png`),
    fullPage: !name.startsWith('findings'),
  });
}

/** What is wrong with a page for somebody who cannot see it, or not well, as far as a program can tell. */
async function barriers(page: Page): Promise<string[]> {
  // What the page allows no script of its own; the debugger of the browser may run one.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
  );
  return Array.isArray(found) ? found.map(String) : ['axe did not run'];
}

async function reportOf(id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

describe('the console in a browser, without scripts', () => {
  let id = '';

  it('the console in a browser lets somebody in who gives the secret, and nobody else', async () => {
    const stranger = await browser.newContext({ httpCredentials: { username: 'eve', password: 'wrong' } });
    const refused = await (await stranger.newPage()).goto(visitor.url);
    expect(refused?.status()).toBe(401);
    await stranger.close();
    const { context, page } = await signIn({ javaScriptEnabled: false });
    expect((await page.goto(visitor.url))?.status()).toBe(200);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('State');
    await context.close();
  });

  it('the console in a browser starts a run in observe by a button, and shows it to the end', async () => {
    const { context, page, complaints } = await signIn({ javaScriptEnabled: false });
    await page.goto(visitor.url);
    const card = page.getByRole('article').filter({ hasText: 'audit-pocket' });
    await card.getByRole('button', { name: 'Run now in observe' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('completed').waitFor();
    expect(await page.getByText('console (kari)').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the console in a browser shows that a run is held, what it would do, and applies it once it is approved', async () => {
    const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
    const report = (await endToEnd.run(words, held)).json<Report>();
    id = report.run.id;
    expect(report.run.status).toBe('held');

    const { context, page, complaints } = await signIn({ javaScriptEnabled: false });
    await page.goto(visitor.url);
    await picture(page, 'state-held-light');
    await page.getByRole('link', { name: 'Review its plan' }).click();
    await page.getByRole('heading', { name: 'This run is held' }).waitFor();
    expect(await page.getByRole('region', { name: 'Plan' }).getByRole('row').count()).toBeGreaterThan(10);
    await picture(page, 'held-light');

    await page.getByRole('button', { name: /^Approve/ }).click();
    // The browser itself asks for the reason.
    expect((await reportOf(id)).run.status).toBe('held');
    await page.getByLabel('Reason to approve').fill('new phones for all');
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('heading', { level: 1 }).getByText('completed').waitFor();
    expect(complaints).toEqual([]);
    expect((await reportOf(id)).actions.applied).toBe(report.actions.planned);
    const applied = page.getByRole('region', { name: 'Actions' });
    expect(await applied.textContent()).toContain(`applied${report.actions.planned}`);
    await picture(page, 'run-light');
    await context.close();
  });

  it('the console in a browser leads from a bar of a chart to its run', async () => {
    const { context, page } = await signIn({ javaScriptEnabled: false });
    await page.goto(`${visitor.url}/runs`);
    await page
      .getByRole('link', { name: /actions applied \(completed\)/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'The run' }).waitFor();
    await context.close();
  });

  it('the console in a browser can be used with the keyboard alone', async () => {
    const { context, page } = await signIn({ javaScriptEnabled: false });
    await page.goto(visitor.url);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the content');
    await context.close();
  });
});

describe('the console in any browser', () => {
  let heldId = '';

  beforeAll(async () => {
    endToEnd.simulators.reset();
    const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
    heldId = (await endToEnd.run(words, held)).json<Report>().run.id;
    const purge = ['run', 'purge-windows', '--json', '--mode', 'enforce'];
    for (let run = 0; run < 8; run += 1) await endToEnd.run(purge);
  });

  it('a page with a picture that has no name is one with a barrier', async () => {
    const { context, page } = await signIn();
    await page.setContent('<html lang="en"><title>x</title><img src="x.png"></html>');
    expect(await barriers(page)).toEqual([expect.stringMatching(/^image-alt: /)]);
    await context.close();
  });

  it.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { colorScheme: 'light' as const, viewport: { width: 390, height: 844 } }],
    ['phone-dark', { colorScheme: 'dark' as const, viewport: { width: 390, height: 844 } }],
  ])(
    'the console in a browser fits its window, has no barriers and breaks no policy (%s)',
    async (name, options) => {
      const { context, page, complaints } = await signIn(options);
      const newest = (await endToEnd.run(['runs', '--json'])).json<Report[]>()[0]?.run.id ?? '';
      const pages = {
        state: '/',
        runs: '/runs',
        run: `/runs/${newest}`,
        held: `/runs/${heldId}`,
        plan: `/runs/${heldId}/plan`,
        stop: `/runs/${heldId}/stop`,
        findings: '/findings',
        users: '/users',
        user: `/users/${encodeURIComponent(endToEnd.simulators.people.username(1))}`,
        history: '/history',
        doctor: '/doctor',
        pause: '/pauses/everything',
        away: '/nowhere',
      };
      for (const [title, path] of Object.entries(pages)) {
        await page.goto(visitor.url + path);
        const wider = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        expect(wider, path).toBeLessThanOrEqual(0);
        expect(await barriers(page), path).toEqual([]);
        // Whoever has to stop everything scrolls nowhere.
        const stop = await page.getByRole('link', { name: 'Stop everything' }).boundingBox();
        expect(stop, path).toMatchObject({ y: expect.closeTo(0, -2) });
        await picture(page, `${title}-${name}`);
      }
      // A page that is not there is an error to the browser as well.
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
      await context.close();
    },
  );

  it('the console in a browser shows Bull Board, which asks nobody else for anything', async () => {
    const { context, page } = await signIn();
    const asked: string[] = [];
    page.on('requestfinished', (request) => asked.push(new URL(request.url()).origin));
    await page.goto(`${visitor.url}/queues`);
    await page.getByText('caretaker-runs').first().waitFor();
    await page.getByText('Loading').waitFor({ state: 'detached' });
    expect(new Set(asked)).toEqual(new Set([visitor.url]));
    await picture(page, 'queues');
    await context.close();
  });
});
