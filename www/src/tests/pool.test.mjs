import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { load } from './load.mjs';

const { helpersFor, Pool } = await load('pool.ts');

const MIB = 2 ** 20;

/** A pool of workers that do what the test says, and what it tells. */
async function poolOf(count, { failing } = {}) {
  const workers = [];
  const told = { progress: [], ends: [] };
  const start = async (name, hear) => {
    if (failing !== undefined && workers.length === failing) throw new Error('no room');
    const worker = { name, hear, asked: [], isEnded: false };
    worker.postMessage = (message) => worker.asked.push(message);
    worker.terminate = () => (worker.isEnded = true);
    workers.push(worker);
    return worker;
  };
  const work = { generation: 7, files: [], image: 'disk.vhd', bytes: 100 };
  const pool = new Pool(count, work, start, {
    onProgress: (progress) => told.progress.push(progress),
    onEnd: (outcomes, isWhole) => told.ends.push({ outcomes, isWhole }),
    onAstray: () => told.ends.push('astray'),
    onDeath: (message) => told.ends.push(message),
  });
  await setImmediate();
  return { pool, workers, told };
}

const progress = (done, total, finished = false) => ({
  kind: 'progress',
  generation: 7,
  progress: { done, total, finished },
});
const outcome = (outcome, isWhole = true) => ({ kind: 'outcome', generation: 7, outcome, isWhole });
const areEnded = (workers) => workers.every(({ isEnded }) => isEnded);

test('little work is for the reader, and a processor is left to it where there are more than two', () => {
  assert.equal(helpersFor(0, 8), 0);
  assert.equal(helpersFor(63 * MIB, 8), 0);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 64].map((processors) => helpersFor(2 ** 40, processors)),
    [1, 2, 2, 3, 4, 4],
  );
});

test('every helper gets its share, and what they find comes in the order of the shares', async () => {
  const { workers, told } = await poolOf(3);
  assert.deepEqual(
    workers.map(({ asked }) => asked.map(({ kind, index, of, image }) => [kind, index, of, image])),
    [0, 1, 2].map((index) => [['share', index, 3, 'disk.vhd']]),
  );
  for (const nth of [2, 0]) workers[nth].hear(outcome(`of ${nth}`));
  assert.deepEqual(told.ends, []);
  assert.ok(workers[2].isEnded, 'who is done goes');
  workers[1].hear(outcome('of 1'));
  assert.deepEqual(told.ends, [{ outcomes: ['of 0', 'of 1', 'of 2'], isWhole: true }]);
  assert.ok(areEnded(workers));
});

test('progress is the sum, once all have said how much they have to do', async () => {
  const { workers, told } = await poolOf(2);
  workers[0].hear(progress(10, 60));
  assert.deepEqual(told.progress, [{ done: 0, total: 100, finished: false }]);
  workers[1].hear(progress(5, 50, true));
  workers[0].hear(progress(20, 60));
  assert.deepEqual(told.progress.slice(1), [
    { done: 15, total: 110, finished: false },
    { done: 25, total: 110, finished: false },
  ]);
});

test('a cancelled check hands over what was found so far', async () => {
  const { pool, workers, told } = await poolOf(2);
  workers[0].hear(outcome('all of it'));
  pool.cancel();
  pool.cancel();
  assert.deepEqual(
    workers.map(({ asked }) => asked.map(({ kind }) => kind)),
    [['share'], ['share', 'cancel']],
  );
  workers[1].hear(outcome('some of it', false));
  assert.deepEqual(told.ends, [{ outcomes: ['all of it', 'some of it'], isWhole: false }]);
  assert.ok(areEnded(workers));
});

test('a helper that does not stop when asked to is ended, and the others are heard', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { pool, workers, told } = await poolOf(2);
  pool.cancel();
  workers[1].hear(outcome('half', false));
  assert.deepEqual(told.ends, []);
  t.mock.timers.tick(10_000);
  assert.deepEqual(told.ends, [{ outcomes: ['half'], isWhole: false }]);
  assert.ok(areEnded(workers));
  workers[0].hear(outcome('too late'));
  assert.equal(told.ends.length, 1);
});

test('a check that is cancelled at once ends at once', async () => {
  const told = [];
  let ended = 0;
  const start = async () => ({
    postMessage: () => assert.fail('nothing is asked'),
    terminate: () => ended++,
  });
  const listener = {
    onProgress: () => undefined,
    onEnd: (outcomes, isWhole) => told.push({ outcomes, isWhole }),
  };
  new Pool(2, { generation: 1, files: [], image: undefined, bytes: 1 }, start, listener).cancel();
  assert.deepEqual(told, [{ outcomes: [], isWhole: false }]);
  await setImmediate();
  assert.equal(ended, 2, 'workers that come to life later are ended');
});

for (const [why, message, end] of [
  ['dies', { kind: 'died', message: 'unreachable' }, 'unreachable'],
  ['sees other files', { kind: 'astray', generation: 7 }, 'astray'],
]) {
  test(`a helper that ${why} ends them all`, async () => {
    const { workers, told } = await poolOf(3);
    workers[1].hear(message);
    workers[0].hear(outcome('too late'));
    workers[2].hear(message);
    assert.deepEqual(told.ends, [end]);
    assert.ok(areEnded(workers));
  });
}

test('a helper that cannot be started ends them all', async () => {
  const { workers, told } = await poolOf(3, { failing: 1 });
  assert.equal(told.ends.length, 1);
  assert.match(told.ends[0], /could not be started.*no room/);
  assert.ok(areEnded(workers));
});

test('after its end nothing is heard of a pool', async () => {
  const { pool, workers, told } = await poolOf(2);
  pool.end();
  for (const { hear } of workers) {
    hear(progress(1, 2));
    hear(outcome('too late'));
  }
  assert.deepEqual(told.ends, []);
  assert.equal(told.progress.length, 1);
  assert.ok(areEnded(workers));
});
