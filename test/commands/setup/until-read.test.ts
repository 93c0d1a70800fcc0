import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { untilRead } from '../../../src/commands/setup/until-read.ts';

/** An output whose reader takes nothing until it is told to. */
function openOutput() {
  const taken: (() => void)[] = [];
  const output = new Writable({
    highWaterMark: 4,
    write: (_chunk, _encoding, done) => void taken.push(done),
  });
  const read = () => {
    for (const done of taken.splice(0)) done();
  };
  return { output, read };
}

async function isWaiting(wait: Promise<void>): Promise<boolean> {
  const turn = new Promise((resolve) => setImmediate(resolve, 'waits'));
  return (await Promise.race([wait, turn])) === 'waits';
}

test('nobody is waited for who has read what was written', async () => {
  const { output } = openOutput();
  expect(await isWaiting(untilRead([output])())).toBe(false);
  output.write('abc');
  expect(await isWaiting(untilRead([output])())).toBe(false);
});

test('a reader that is behind is waited for, whichever output it is', async () => {
  const [first, second] = [openOutput(), openOutput()];
  second.output.write('abcdef');
  const wait = untilRead([first.output, second.output])();
  expect(await isWaiting(wait)).toBe(true);
  second.read();
  await wait;
});

test('a stop, an output that breaks and a reader that stands still end the wait', async () => {
  const { output } = openOutput();
  output.on('error', () => {});
  output.write('abcdef');
  const stop = new AbortController();
  const stopped = untilRead([output])(stop.signal);
  expect(await isWaiting(stopped)).toBe(true);
  stop.abort();
  await stopped;
  await untilRead([output], 1)();
  const broken = untilRead([output])();
  output.destroy(new Error('broken'));
  await broken;
});
