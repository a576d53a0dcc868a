import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Schedule } from '../fault/schedule.ts';
import { addReport, coverageText, failureText, noTotals, progressLine } from './sim-report.ts';
import { playSeed, type SeedJob } from './sim-seed.ts';
import { playAll, serveJobs } from './sim-workers.ts';

const USAGE = `npm run sim -- [--seeds N] [--seed S] [--nodes 3|5] [--minutes M] [--workers W] [--trace] [--list FILE] [--schedule FILE] [--json FILE]

  --seeds N        play N seeds, from --seed on (default 20; with --seed alone: that one)
  --seed S         the (first) seed
  --nodes N        members of the group (default 3)
  --minutes M      simulated minutes with load and faults (default 1)
  --workers W      processes (default 1)
  --trace          print what happens: time in ms, node, what, two numbers
  --list FILE      play the seeds of a file: seed, members and minutes in each line
  --schedule FILE  JSON list of faults instead of the drawn ones
  --json FILE      write the results there; a file that is there is added to`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    nodes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    list: { type: 'string' },
    schedule: { type: 'string' },
    json: { type: 'string' },
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Processes of a world die in the middle of what they await: what they leave behind is nobody's error. */
process.on('unhandledRejection', (error) => {
  if (String(error).includes('this process has crashed')) return;
  console.error('A promise of a simulated process was rejected, and nobody looked:', error);
  process.exitCode = 1;
});

/** Every tenth seed is played twice. */
const TWICE_EVERY = 10;

function listedJobs(file: string): SeedJob[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [seed, nodes, minutes] = line.split(' ').map(Number);
      return { seed: seed ?? 1, nodes: nodes ?? 3, minutes: minutes ?? 1, twice: true };
    });
}

function jobs(): SeedJob[] {
  if (values.list !== undefined) return listedJobs(values.list);
  const from = Number(values.seed ?? 1);
  const count = Number(values.seeds ?? (values.seed === undefined ? 20 : 1));
  const schedule =
    values.schedule === undefined ? undefined : (JSON.parse(readFileSync(values.schedule, 'utf8')) as Schedule);
  const [nodes, minutes] = [Number(values.nodes), Number(values.minutes)];
  return Array.from({ length: count }, (_, at) => {
    const seed = from + at;
    return { seed, nodes, minutes, schedule, twice: seed % TWICE_EVERY === 0 };
  });
}

function replayOf({ seed, nodes, minutes }: SeedJob): string {
  return `npm run sim -- --seed ${seed} --nodes ${nodes} --minutes ${minutes} --trace`;
}

async function trace(job: SeedJob): Promise<void> {
  const report = await playSeed({ ...job, twice: false }, (atMicros, node, what, a, b) => {
    console.log(`${(atMicros / 1_000).toFixed(3)}\t${node}\t${what}\t${a}\t${b}`);
  });
  if (report.violation === undefined) console.log(`seed ${job.seed} passes, trace ${report.traceHash}`);
  else fail(failureText(report, replayOf(job)));
}

function fail(text: string): void {
  console.log(text);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const all = jobs();
  if (values.trace) {
    for (const job of all) await trace(job);
    return;
  }
  const totals = noTotals();
  const startedAt = performance.now();
  const seeds: object[] = [];
  await playAll(all, Number(values.workers), (report) => {
    addReport(totals, report);
    const { seed, violation, traceHash, simulatedMs, committed, acknowledged, leaderships, shrunk } = report;
    seeds.push({ seed, violation, traceHash, simulatedMs, committed, acknowledged, leaderships, shrunk });
    if (violation !== undefined) fail(failureText(report, replayOf(all.find((job) => job.seed === seed) as SeedJob)));
    console.error(progressLine(totals, all.length, (performance.now() - startedAt) / 1_000));
  });
  console.log(coverageText(totals));
  console.log(progressLine(totals, all.length, (performance.now() - startedAt) / 1_000));
  const operationsPerSecond = totals.operations / (totals.simulatedMs / 1_000);
  console.log(
    `${operationsPerSecond.toFixed(1)} client operations a simulated second, ${totals.committed} entries committed`,
  );
  if (values.json !== undefined) writeResults(values.json, seeds);
}

/** Adds to what earlier runs found, so that long runs add up. */
function writeResults(file: string, seeds: readonly object[]): void {
  let before: object[] = [];
  try {
    before = JSON.parse(readFileSync(file, 'utf8')) as object[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  writeFileSync(file, `${JSON.stringify([...before, ...seeds], undefined, 1)}\n`);
}

if (values.help) console.log(USAGE);
else if (values.worker) serveJobs();
else await main();
