import { afterAll, afterEach } from 'vitest';
import { type LaunchedProcess, signalProcess } from '../../../cluster/launch/launched-process.ts';

const steps: (() => unknown)[] = [];
const processes: (() => readonly LaunchedProcess[])[] = [];

let failed = false;

/** Has a test of this file failed so far? */
export function hasFailed(): boolean {
  return failed;
}

/** Does something at the end of the test file, the latest first, whatever becomes of the tests. */
export function atEnd(step: () => unknown): void {
  steps.push(step);
}

/** Names processes that must not outlive this one: those that still run when it exits are killed. */
export function neverOutlive(running: () => readonly LaunchedProcess[]): void {
  processes.push(running);
}

afterEach(({ task }) => {
  if (task.result?.state === 'fail') failed = true;
});

// Registered when a test file imports this module: a hook that is registered inside a running test is never called.
afterAll(async () => {
  const errors: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'what the tests started could not be stopped in order');
});

process.once('exit', () => {
  for (const each of processes.flatMap((running) => running())) signalProcess(each, 'SIGKILL');
});
