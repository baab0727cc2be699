// A run that is interrupted keeps what it has.

import { expect, test } from 'vitest';
import { untilAborted } from '../../src/commands/until-aborted.js';

async function* numbers(closed: () => void): AsyncGenerator<number, void, undefined> {
  try {
    for (let n = 1; n <= 3; n++) yield n;
  } finally {
    closed();
  }
}

async function* silent(): AsyncGenerator<number, void, undefined> {
  yield 1;
  await new Promise(() => {});
}

async function* failing(): AsyncGenerator<number, void, undefined> {
  yield 1;
  throw new Error('line 7');
}

test('without a signal everything passes', async () => {
  let closed = 0;
  const seen: number[] = [];
  for await (const n of untilAborted(numbers(() => closed++), new AbortController().signal)) seen.push(n);
  expect({ seen, closed }).toEqual({ seen: [1, 2, 3], closed: 1 });
});

test('a signal ends the run and closes the source', async () => {
  const controller = new AbortController();
  let closed = 0;
  const seen: number[] = [];
  for await (const n of untilAborted(numbers(() => closed++), controller.signal)) {
    seen.push(n);
    if (n === 2) controller.abort();
  }
  await Promise.resolve();
  expect({ seen, closed }).toEqual({ seen: [1, 2], closed: 1 });
});

test('a signal ends the run while the source is silent', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  setTimeout(() => controller.abort(), 20);
  for await (const n of untilAborted(silent(), controller.signal)) seen.push(n);
  expect(seen).toEqual([1]);
});

test("the source's error is the run's error", async () => {
  const run = untilAborted(failing(), new AbortController().signal);
  expect((await run.next()).value).toBe(1);
  await expect(run.next()).rejects.toThrow('line 7');
});
