import { type ChildProcess, fork } from 'node:child_process';
import { READER_GONE } from './reader-gone.ts';
import type { SeedJob, SeedReport } from './seed-job.ts';

/**
 * Plays jobs on so many processes that run `program`, in the order of the list; `done` hears of each as it ends, and stops the rest by returning true: those that
 * have begun are still played.
 */
export async function playAll(
  program: string,
  jobs: readonly SeedJob[],
  workers: number,
  done: (report: SeedReport, job: SeedJob) => boolean | undefined,
): Promise<void> {
  let next = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    const worker = fork(program);
    try {
      for (let job = jobs[next++]; job !== undefined && !stopped; job = jobs[next++]) {
        if (done(await ask(worker, job), job) === true) stopped = true;
      }
    } finally {
      if (worker.connected) worker.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
}

function ask(worker: ChildProcess, job: SeedJob): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => {
      // It prints for whoever reads this process's output, too.
      if (code === READER_GONE) process.exit(READER_GONE);
      reject(new Error(`the worker died with code ${code} on seed ${job.seed}`));
    };
    worker.once('exit', exited);
    worker.once('message', (report) => {
      worker.off('exit', exited);
      resolve(report as SeedReport);
    });
    worker.send(job);
  });
}
