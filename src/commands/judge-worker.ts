// A thread of a test run: judges the recordings it is sent, one after the other.

import { parentPort } from 'node:worker_threads';
import { judge } from './judge.js';

parentPort?.on('message', (file: string) => {
  void judge(file).then((judgement) => parentPort?.postMessage(judgement, []));
});
