import { type ChildProcess, fork } from 'node:child_process';
import { playSeed, type SeedJob, type SeedReport } from './sim-seed.ts';

/** Plays jobs on so many processes; `done` hears of each as it ends. With one process everything happens here. */
export async function playAll(
  jobs: readonly SeedJob[],
  workers: number,
  done: (report: SeedReport) => void,
): Promise<void> {
  if (workers <= 1) {
    for (const job of jobs) done(await playSeed(job));
    return;
  }
  let next = 0;
  const file = process.argv[1] as string;
  await Promise.all(
    Array.from({ length: Math.min(workers, jobs.length) }, async () => {
      const worker = fork(file, ['--worker']);
      for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) done(await ask(worker, job));
      worker.disconnect();
    }),
  );
}

function ask(worker: ChildProcess, job: SeedJob): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void =>
      reject(new Error(`the worker died with code ${code} on seed ${job.seed}`));
    worker.once('exit', exited);
    worker.once('message', (report) => {
      worker.off('exit', exited);
      resolve(report as SeedReport);
    });
    worker.send(job);
  });
}

/** The other side: answers each job with its report, until the parent has no more. */
export function serveJobs(): void {
  process.on('message', (job) => {
    void playSeed(job as SeedJob).then((report) => process.send?.(report));
  });
}
