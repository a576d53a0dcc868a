/**
 * Measures how long the death of a leader stops the sends of our client, on a group of real processes that it starts itself.
 *
 *   npm run bench:failover -- [--repeat N] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Group } from '../../cluster/launch/group.ts';
import { startGroup } from '../../cluster/launch/start-group.ts';
import { type KillReport, type KillRound, killRounds } from './failover/kill-rounds.ts';

const GOAL_MS = 300;
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

function rowOf({ killed, next, outageMs, wholeMs, lostProgressMs }: KillRound): string {
  const numbers = [outageMs, wholeMs, lostProgressMs].map((each) => each.toFixed(0).padStart(9));
  return `  ${killed} -> ${next}${numbers.join('')}`;
}

async function measure(group: Group, senders: number, pauseMs: number, rounds: number): Promise<KillReport> {
  console.log(
    `${senders} synchronous ${senders === 1 ? 'sender' : 'senders'}, SIGKILL of the leader, ${rounds} times (ms)`,
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
  const verdict = medianOutageMs < GOAL_MS ? 'reached' : 'missed';
  console.log(`  median ${medianOutageMs.toFixed(0)} ms: the goal of ${GOAL_MS} ms is ${verdict}`);
  console.log(
    `  ${messages.acknowledged} acknowledged, ${messages.repeated} stored twice, ${failures.length} given up`,
  );
  for (const sentence of [...failures, ...messages.breaches, ...breaches]) console.log(`  ${sentence}`);
  return report;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { repeat: { type: 'string', default: '10' }, json: { type: 'string' } } });
  const rounds = readRepeat(values.repeat);
  const dir = mkdtempSync(join(tmpdir(), 'ledgermq-failover-'));
  const { group } = await startGroup({ dir, portBase: 0 });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void group.stopAll(0).finally(() => process.exit(INTERRUPTED)));
  }
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model, loadBefore: loadavg()[0] };
  const reports: KillReport[] = [];
  console.log(`Node ${machine.node}, ${machine.cpus} × ${machine.model}, load ${machine.loadBefore}`);
  try {
    for (const { senders, pauseMs } of VARIANTS) reports.push(await measure(group, senders, pauseMs, rounds));
  } finally {
    await group.stopAll();
    group.close();
  }
  rmSync(dir, { recursive: true });
  const result = { machine, goalMs: GOAL_MS, reports };
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
