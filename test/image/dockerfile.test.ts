import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../support/caretaker.ts';
import { readStages, wholeStage } from './dockerfile.ts';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = readStages(text);
const production = wholeStage(stages, 'production');
const letIn = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const wordsOf = (name: string) => production.filter(([found]) => found === name).map(([, words]) => words);
const copied = (instructions: readonly (readonly [string, string])[]) =>
  instructions
    .filter(([name, words]) => name === 'COPY' && !words.startsWith('--from'))
    .flatMap(([, words]) => words.split(/\s+/).slice(0, -1));

describe('the Dockerfile', () => {
  it('the Dockerfile stands on the slim image of the Node that the tests run on, unless told otherwise', () => {
    const major = process.version.slice(1).split('.')[0];
    expect(text).toContain(`ARG NODE_IMAGE=node:${major}-slim\n`);
    const ours = stages.map(({ name }) => name);
    const others = stages.map(({ from }) => from).filter((from) => !ours.includes(from));
    expect(new Set(others)).toEqual(new Set([`$${'{NODE_IMAGE}'}`]));
  });

  it('the Dockerfile ends in the stage for production, which has the program and no simulators', () => {
    expect(stages.at(-1)?.name).toBe('production');
    expect(copied(production)).toEqual(['package.json', 'package-lock.json', 'LICENSE', 'src']);
    expect(copied(wholeStage(stages, 'trial'))).toContain('simulators');
  });

  it('the Dockerfile runs as a user with a number, without a shell', () => {
    expect(wordsOf('USER')).toEqual(['10001:10001']);
    for (const name of ['ENTRYPOINT', 'CMD'])
      expect(wordsOf(name).at(-1)).toMatch(/^\["[^"]*"(?:, "[^"]*")*\]$/);
    expect(wordsOf('HEALTHCHECK')[0]).toMatch(/ CMD \["node", /);
    expect(wordsOf('RUN')).toEqual([]);
  });

  it('the Dockerfile looks after the health of a worker, and of nothing that has no port', async () => {
    const [, program, ...words]: string[] = JSON.parse(
      `["",${/CMD \[(.*)\]$/.exec(wordsOf('HEALTHCHECK')[0] ?? '')?.[1]}]`,
    );
    expect(program).toBe('node');
    const codes: number[] = [200, 503];
    const server = createServer(({ url }, response) => {
      response.statusCode = url === '/livez' ? (codes.shift() ?? 500) : 404;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const check = async (environment: Record<string, string>) =>
      (await startProgram([process.execPath, ...words], environment).ended).code;
    expect(await check({ OPS_PORT: port })).toBe(0);
    expect(await check({ OPS_PORT: port })).toBe(1);
    server.close();
    await once(server, 'close');
    expect(await check({ OPS_PORT: port })).toBe(1);
    expect(await check({})).toBe(0);
  });

  it('the Dockerfile lets nothing into the build but what it copies', () => {
    const wanted = new Set(stages.flatMap(({ instructions }) => copied(instructions)));
    expect(letIn).toEqual(['*', ...letIn.slice(1)]);
    expect(new Set(letIn.slice(1))).toEqual(new Set([...wanted].map((name) => `!${name}`)));
    for (const name of wanted) expect(existsSync(join(root, name))).toBe(true);
  });

  it('the Dockerfile tells in labels what it is', () => {
    const labels = wordsOf('LABEL').join(' ');
    for (const name of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(labels).toContain(`org.opencontainers.image.${name}=`);
    }
    expect(
      stages
        .at(-1)
        ?.instructions.filter(([name]) => name === 'ARG')
        .map(([, words]) => words),
    ).toEqual(['VERSION', 'REVISION']);
  });
});
