/** Measures how long the death of a leader or master stops the sends of our client, on real processes that it starts itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Group } from '../../cluster/launch/group.ts';
import { startGroup } from '../../cluster/launch/start-group.ts';
import { type KillReport, type KillRound, killRounds } from './failover/kill-rounds.ts';

const USAGE = `Usage: npm run bench:failover -- [options]

  --mode NAME   dledger (default): a group of three; controller: a set of three under a Controller
  --repeat N    how often the leader is killed with each number of senders (default 10)
  --json FILE   also writes the result as JSON
  --help`;
/** Goals for the median from the kill to the next SEND_OK. */
const GOALS_MS = { dledger: 300, controller: 500 } as const;
type Mode = keyof typeof GOALS_MS;
const INTERRUPTED = 130;
const VARIANTS = [
  { senders: 1, pauseMs: 0 },
  { senders: 16, pauseMs: 4 },
];

function readRepeat(text: string): number {
  const repeat = Number(text);
  if (Number.isInteger(repeat) && repeat >= 1 && repeat <= 1_000) return repeat;
  throw new Error(`--repeat ${text} must be a whole number from 1 to 1000`);
}

function readMode(text: string): Mode {
  if (text === 'dledger' || text === 'controller') return text;
  throw new Error(`--mode ${text} is neither dledger nor controller`);
}

function rowOf({ killed, next, outageMs, wholeMs, lostProgressMs }: KillRound): string {
  const numbers = [outageMs, wholeMs, lostProgressMs].map((each) => each.toFixed(0).padStart(9));
  return `  ${killed} -> ${next}${numbers.join('')}`;
}

async function measure(
  group: Group,
  { senders, pauseMs }: (typeof VARIANTS)[number],
  rounds: number,
  goalMs: number,
): Promise<KillReport> {
  console.log(
    `${senders} synchronous ${senders === 1 ? 'sender' : 'senders'}, SIGKILL of the ${group.layout.name === 'controller' ? 'master' : 'leader'}, ${rounds} times (ms)`,
  );
  console.log('  killed      outage  restart  progress lost');
  const report = await killRounds(group, {
    topic: `Failover${senders}`,
    rounds,
    senders,
    pauseMs,
    onRound: (round) => console.log(rowOf(round)),
  });
  const { medianOutageMs, failures, messages, breaches } = report;
  const verdict = medianOutageMs < goalMs ? 'reached' : 'missed';
  console.log(`  median ${medianOutageMs.toFixed(0)} ms: the goal of ${goalMs} ms is ${verdict}`);
  console.log(
    `  ${messages.acknowledged} acknowledged, ${messages.repeated} stored twice, ${failures.length} given up`,
  );
  for (const sentence of [...failures, ...messages.breaches, ...breaches]) console.log(`  ${sentence}`);
  return report;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      mode: { type: 'string', default: 'dledger' },
      repeat: { type: 'string', default: '10' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const mode = readMode(values.mode);
  const rounds = readRepeat(values.repeat);
  const goalMs = GOALS_MS[mode];
  const dir = mkdtempSync(join(tmpdir(), 'ledgermq-failover-'));
  const { group } = await startGroup({ dir, portBase: 0, conf: mode });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void group.stopAll(0).finally(() => process.exit(INTERRUPTED)));
  }
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model, loadBefore: loadavg()[0] };
  const reports: KillReport[] = [];
  console.log(`Node ${machine.node}, ${machine.cpus} × ${machine.model}, load ${machine.loadBefore}`);
  try {
    for (const variant of VARIANTS) reports.push(await measure(group, variant, rounds, goalMs));
  } finally {
    await group.stopAll();
    group.close();
  }
  rmSync(dir, { recursive: true });
  const result = { machine, mode, goalMs, reports };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
  const kept = reports.every(({ messages, breaches }) => messages.breaches.length + breaches.length === 0);
  return kept ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
