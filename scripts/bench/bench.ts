import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BenchOptions, parseArguments, usage } from './arguments.ts';
import { Contest } from './contest.ts';
import { BODY_BYTES } from './load/send-load.ts';
import { describeMachine } from './machine.ts';
import { formatProfile } from './report/profile.ts';
import { type BenchResult, FLOOR, summarize, throughClient } from './report/result.ts';
import { formatResult } from './report/table.ts';

/** On top of the measured time of each run: connecting, filling, draining. */
const SLACK_SECONDS = 30;
/** Starts and stops of one repetition. */
const SWITCH_SECONDS = 90;
const FAILED = 1;
const MISUSED = 2;

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  if (typeof options === 'string') {
    console.error(options);
    return MISUSED;
  }
  const directory = mkdtempSync(join(options.dir ?? tmpdir(), 'ledgermq-bench-'));
  const control = new AbortController();
  const interrupt = () => control.abort(new Error('interrupted'));
  const limit = setTimeout(() => control.abort(new Error('took too long')), 1000 * limitSeconds(options));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await run(options, directory, control.signal);
    return 0;
  } catch (error) {
    console.error(`The benchmark failed: ${(error as Error).message}`);
    return FAILED;
  } finally {
    clearTimeout(limit);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function run(options: BenchOptions, directory: string, signal: AbortSignal): Promise<void> {
  const machine = describeMachine(directory);
  const contest = new Contest(options, directory, signal);
  const profiles = options.profile ? resolve(mkdtempSync(join(tmpdir(), 'ledgermq-profile-'))) : undefined;
  let profileFiles: readonly string[] = [];
  for (let repetition = 1; repetition <= options.repetitions; repetition++) {
    if (options.floor) await contest.floor(repetition);
    if (!options.group && !options.client) continue;
    for (const variant of options.variants) {
      const name = (node: string) => `${variant.name.replace('*', '-2of3')}-${node}-${repetition}.cpuprofile`;
      const flags = (node: string) => ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name(node)}`];
      const brokers = await contest.group(repetition, variant, profiles === undefined ? () => [] : flags);
      if (profiles !== undefined) profileFiles = brokers.map((broker) => join(profiles, name(broker)));
    }
  }
  const contenders = [FLOOR, ...options.variants.flatMap(({ name }) => [name, throughClient(name)])];
  const result: BenchResult = {
    machine,
    bodyBytes: BODY_BYTES,
    warmUpSeconds: options.warmUpSeconds,
    seconds: options.seconds,
    remarks: options.variants.flatMap(({ remark }) => remark ?? []),
    results: options.rows.flatMap(({ name }) =>
      contenders
        .map((contender) => summarize(name, contender, contest.of(name, contender)))
        .filter(({ runs }) => runs.length > 0),
    ),
  };
  const json = `${JSON.stringify(result, undefined, 2)}\n`;
  if (options.json === '-') process.stdout.write(json);
  else console.log(`\n${formatResult(result)}`);
  if (options.json !== undefined && options.json !== '-') writeFileSync(options.json, json);
  const [leader, follower] = profileFiles;
  if (leader !== undefined) console.log(`\nThe leader: ${formatProfile(leader)}`);
  if (follower !== undefined) console.log(`\nA follower: ${formatProfile(follower)}`);
}

function limitSeconds({ seconds, warmUpSeconds, repetitions, rows, variants }: BenchOptions): number {
  const runs = rows.length * (1 + 2 * variants.length);
  return repetitions * ((1 + variants.length) * SWITCH_SECONDS + runs * (seconds + warmUpSeconds + SLACK_SECONDS));
}

process.exitCode = await main();
