import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../../../cluster/launch/node-settings.ts';
import { createNodePlatform } from '../../../src/platform/node/node-platform.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { Schedule } from '../../fault/schedule.ts';
import { Chance } from '../../sim/chance.ts';
import type { CutMeans } from '../network/open-network.ts';
import { Patient } from '../sick/patient.ts';
import { underWatchdog } from '../watchdog/under-watchdog.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { ChaosClients } from './chaos-clients.ts';
import { type ChaosReport, longestStallMs, messageFigures, violationOf } from './chaos-report.ts';
import { LiveJudge } from './client-judge.ts';
import { FaultPlayer } from './fault-player.ts';
import { type FinishOptions, finish } from './finish.ts';
import { keepHistory } from './keep-history.ts';
import { LiveDisturbances, liveLimits } from './live-disturbances.ts';
import { liveFaults } from './live-faults.ts';
import type { LiveGroup } from './live-group.ts';
import type { LiveMode } from './live-mode.ts';
import { drawLiveSchedule } from './live-schedule.ts';
import type { Look } from './look.ts';
import { MetadataAudit } from './metadata-audit.ts';
import { startLive } from './start-live.ts';

export interface ChaosOptions {
  readonly mode: LiveMode;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Names of faults that may be drawn, ours or those of OpenChaos. */
  readonly kinds: readonly string[];
  /** Instead of the one that the seed gives. */
  readonly schedule: Schedule | undefined;
  /** Drawn waves begin with a leader alone among its peers (`LiveScheduleOptions`). */
  readonly isolatesLeaders?: boolean;
  /** Messages a second that the senders aim at. */
  readonly rate: number;
  /** Default: by proxies. */
  readonly cuts?: CutMeans;
  /** Folder of the run: made, and filled with the group, the journal, and what is told of a failure. */
  readonly directory: string;
  readonly programs: Programs;
  /** `bin/watchdog.ts`, built. */
  readonly watchdog: string;
  /** Leaves the history of a run that passes, too. */
  readonly keepsHistory?: boolean;
  readonly signal: AbortSignal;
  /** Hears several times a second how it stands. */
  readonly onLook: (look: Look) => void;
}

/** Faults begin when load has come up, and end this long before the load does. */
const WARM_UP_MS = 3_000;
const COOL_DOWN_MS = 3_000;
const LOOK_MS = 250;
const MS_PER_MINUTE = 60_000;

/** Plays one run on real processes: load and faults, then healing, then the checkers. Whatever becomes of it, nothing that it started stays. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { directory } = options;
  mkdirSync(directory, { recursive: true });
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  const file = join(directory, 'journal.txt');
  const journal = (line: string): void => appendFileSync(file, `${nowMs().toFixed(0).padStart(8)} ms ${line}\n`);
  return await underWatchdog({ program: options.watchdog, directory, journal }, (mark, watchdog) =>
    runMarked(options, mark, watchdog, nowMs, journal),
  );
}

async function runMarked(
  options: ChaosOptions,
  mark: string,
  watchdog: Watchdog,
  nowMs: () => number,
  journal: (line: string) => void,
): Promise<ChaosReport> {
  const { seed, rate, directory } = options;
  const real = createNodePlatform({ logger: { file: join(directory, 'clients.log'), level: 'warn' } });
  const judge = new LiveJudge(nowMs);
  const metadata = new MetadataAudit();
  const { live, disks, network, clientDetours, close } = await startLive({
    ...options,
    conf: options.mode.chaosConf,
    brokerKeys: options.mode.brokerKeys,
    watchdog,
    fillsDisks: fillsDisks(options),
    real,
    mark,
    judge,
    journal,
  });
  try {
    const platform = new Patient(real, clientDetours);
    const { nameServer } = live.group;
    const addresses = live.members.map(({ node }) => node.address);
    const clients = new ChaosClients({ platform, judge, metadata, nameServer, addresses, seed, rate, nowMs });
    const size = { members: options.nodes, needed: options.mode.needed(options.nodes) };
    const disturbances = new LiveDisturbances(nowMs, size, liveLimits[options.cuts ?? 'proxies']);
    live.onPresence = (name, isThere) => disturbances.member(name, isThere);
    const player = new FaultPlayer(live, liveFaults, journal, ({ fault, members }) =>
      disturbances.fault(fault, members),
    );
    clients.start();
    await playLoad(options, live, clients, player, nowMs);
    const verdicts = await judged({ options, live, clients, player, metadata, disturbances, platform });
    disturbances.close();
    clients.stopped = true;
    const violation = violationOf(judge.violation, verdicts, nowMs());
    if (violation !== undefined || options.keepsHistory)
      keepHistory(directory, clients.history, disturbances.availability(), titleOf(options));
    return {
      mode: options.mode.name,
      seed,
      nodes: options.nodes,
      minutes: options.minutes,
      fullDisksBy: disks.by,
      cuts: options.cuts ?? 'proxies',
      cutsBy: network.by,
      isWhole: !options.signal.aborted,
      violation,
      verdicts: verdicts.map(({ checker, valid, counts }) => ({ checker, valid, counts })),
      injected: player.injected,
      skipped: player.skipped,
      selfEnds: live.selfEnds.seen,
      operations: clients.counts,
      messages: messageFigures(verdicts),
      metadata: metadata.size,
      reigns: live.reigns,
      longestStallMs: longestStallMs(clients.history),
      wallMs: nowMs(),
    };
  } finally {
    await close();
  }
}

function titleOf({ mode, seed, nodes }: ChaosOptions): string {
  return `sends of chaos in mode ${mode.name}, seed ${seed}, ${nodes} members`;
}

function fillsDisks({ schedule, kinds }: ChaosOptions): boolean {
  return (schedule?.map(({ kind }) => kind) ?? kinds).includes('disk-full');
}

/** Load and faults, until the time is up, a promise is broken, or the run is interrupted. */
async function playLoad(
  {
    seed,
    nodes,
    minutes,
    kinds,
    schedule,
    cuts = 'proxies',
    isolatesLeaders = false,
    directory,
    signal,
    onLook,
  }: ChaosOptions,
  live: LiveGroup,
  clients: ChaosClients,
  player: FaultPlayer<LiveGroup>,
  nowMs: () => number,
): Promise<void> {
  const durationMs = minutes * MS_PER_MINUTE;
  const drawing = { kinds, nodes, startMs: WARM_UP_MS, endMs: durationMs - COOL_DOWN_MS, isolatesLeaders };
  const { calmMs } = liveLimits[cuts];
  const played = schedule ?? drawLiveSchedule(new Chance(seed, 'live-faults'), { ...drawing, calmMs });
  writeFileSync(join(directory, 'schedule.json'), `${JSON.stringify(played, undefined, 1)}\n`);
  player.play(played);
  const endMs = nowMs() + durationMs;
  while (nowMs() < endMs && live.judge.violation === undefined && !signal.aborted) {
    await live.look();
    onLook(lookAt('load and faults', live, clients, player, endMs - nowMs()));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** What the checkers say; nothing if a promise was broken before, or the run is interrupted. */
async function judged({
  options: { signal, onLook },
  player,
  ...run
}: Omit<FinishOptions, 'signal' | 'phase'> & {
  readonly options: ChaosOptions;
  readonly clients: ChaosClients;
  readonly player: FaultPlayer<LiveGroup>;
}): Promise<Verdict[]> {
  const { live, clients } = run;
  if (live.judge.violation !== undefined || signal.aborted) return [];
  const phase = (text: string): void => {
    live.journal(text);
    onLook(lookAt(text, live, clients, player, 0));
  };
  return await finish({ ...run, signal, phase });
}

function lookAt(
  phase: string,
  live: LiveGroup,
  { counts }: ChaosClients,
  player: FaultPlayer<LiveGroup>,
  leftMs: number,
): Look {
  const leader = live.leader();
  return {
    phase,
    leader: leader?.name,
    term: leader?.report?.raft?.term,
    counts,
    faults: player.active,
    leftMs,
  };
}
