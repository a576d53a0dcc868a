import type { MemberTuning } from '../../cluster/dledger/member-tuning.ts';
import { Chance } from '../sim/chance.ts';
import { RESERVED_HOURS } from '../sim/sizes.ts';
import { LISTEN_PORT } from '../workload/clients.ts';
import type { LossAllowed } from './unclean-elections.ts';

/** Port of every controller. */
export const CONTROLLER_PORT = 9_878;

const HOUR_MS = 3_600_000;
/** Where nothing else is said [fileReservedTime]. */
const USUAL_RESERVED_HOURS = 72;

/** What is drawn for a run. */
export interface ControllerSizes {
  /** Lines of every broker's configuration. */
  readonly brokers: string;
  /** Lines of every controller's configuration. */
  readonly controllers: string;
  /** Of every controller: snapshots come often, and files of its log go. */
  readonly controllerTuning: MemberTuning;
  readonly syncFlush: boolean;
  /** Length of the brokers' log files. */
  readonly fileBytes: number;
  /** Brokers that have what is acknowledged [inSyncReplicas]; undefined: the whole set [allAckInSyncStateSet]. */
  readonly copies: number | undefined;
  /** By whose leave somebody may be elected who is not in sync; undefined: nobody may. */
  readonly lossAllowed: LossAllowed | undefined;
  /** Messages are kept for so long [fileReservedTime]. */
  readonly reservedMs: number;
  /** Time passes in leaps, so that messages outlive that. */
  readonly hasRetention: boolean;
}

/** Every fifth run has a set without `allAckInSyncStateSet`, from a stream of its own: all else that a seed means stays. */
function drawCopies(seed: number): number | undefined {
  const chance = new Chance(seed, 'fewer-copies');
  return chance.happens(0.2) ? chance.pick([1, 2, 2]) : undefined;
}

/** In every eighth run of those with `allAckInSyncStateSet` unclean elections are allowed: also from a stream of its own. */
export function drawLossAllowed(seed: number): LossAllowed | undefined {
  const chance = new Chance(seed, 'loss-allowed');
  return chance.happens(1 / 8) && drawCopies(seed) === undefined ? chance.pick(['always', 'by-people']) : undefined;
}

/** In every eighth run of those that lose nothing, messages outlive what they are kept for: also from a stream of its own. */
export function drawsRetention(seed: number): boolean {
  const chance = new Chance(seed, 'old-files');
  return chance.happens(1 / 8) && drawCopies(seed) === undefined && drawLossAllowed(seed) === undefined;
}

/** Draws sizes, limits and periods: small ones, so that files roll and everything that waits for a time comes often. */
export function drawControllerSizes(seed: number, controllers: readonly string[]): ControllerSizes {
  const chance = new Chance(seed, 'sizes');
  const copies = drawCopies(seed);
  const lossAllowed = drawLossAllowed(seed);
  const flushDiskType = chance.pick(['SYNC_FLUSH', 'ASYNC_FLUSH']);
  // A line of the list that is out of date: nobody listens there, or it is the name server.
  const stale = chance.pick(['', '', 'gone:9878;', 'ns:9876;']);
  const addresses = controllers.map((name) => `${name}:${CONTROLLER_PORT}`);
  const fileBytes = chance.pick([16_384, 65_536, 262_144]);
  const brokers = {
    brokerName: 'g',
    brokerClusterName: 'c',
    brokerId: -1,
    brokerRole: 'SLAVE',
    listenPort: LISTEN_PORT,
    namesrvAddr: 'ns:9876',
    storePathRootDir: '/store',
    enableControllerMode: true,
    controllerAddr: stale + addresses.join(';'),
    allAckInSyncStateSet: copies === undefined,
    inSyncReplicas: copies ?? 1,
    mappedFileSizeCommitLog: fileBytes,
    mappedFileSizeConsumeQueue: chance.pick([400, 2_000, 20_000]),
    // The disk is not nearly full of one's own accord.
    cleanFileForciblyEnable: false,
    maxHashSlotNum: 500,
    maxIndexNum: 2_000,
    flushDiskType,
    offsetBatchMs: chance.pick([10, 200]),
    brokerHeartbeatInterval: chance.pick([100, 300]),
    controllerHeartBeatTimeoutMills: chance.pick([700, 2_000]),
    syncBrokerMetadataPeriod: chance.pick([300, 2_000]),
    syncControllerMetadataPeriod: chance.pick([500, 3_000]),
    haSendHeartbeatInterval: chance.pick([100, 500]),
    haHousekeepingInterval: chance.pick([1_000, 3_000]),
    haMaxTimeSlaveNotCatchup: chance.pick([500, 3_000]),
    slaveTimeout: chance.pick([500, 3_000]),
    ...(drawsRetention(seed) ? retention(seed) : {}),
  };
  const electionTimeoutMs = chance.pick([200, 750]);
  const controllerTuning = { snapshotDueMs: chance.pick([1_000, 4_000]) };
  const group = {
    controllerDLegerGroup: 'controllers',
    controllerDLegerPeers: controllers.map((name) => `${name}-${name}:${CONTROLLER_PORT}`).join(';'),
    controllerStorePath: '/controller',
    // A dozen entries.
    mappedFileSize: 4_096,
    scanNotActiveBrokerInterval: chance.pick([200, 1_000]),
    scanInactiveMasterInterval: chance.pick([300, 2_000]),
    electionTimeoutMs,
    heartbeatIntervalMs: chance.pick([40, 100]),
    enableElectUncleanMaster: lossAllowed === 'always',
  };
  const syncFlush = flushDiskType === 'SYNC_FLUSH';
  const hasRetention = drawsRetention(seed);
  const reservedMs = (hasRetention ? RESERVED_HOURS : USUAL_RESERVED_HOURS) * HOUR_MS;
  const lines = { brokers: linesOf(brokers), controllers: linesOf(group) };
  return { ...lines, controllerTuning, syncFlush, fileBytes, copies, lossAllowed, reservedMs, hasRetention };
}

function retention(seed: number) {
  return {
    fileReservedTime: RESERVED_HOURS,
    deleteWhen: Array.from({ length: 24 }, (_, hour) => hour).join(';'),
    cleanResourceInterval: new Chance(seed, 'old-files-interval').pick([500, 2_000]),
  };
}

function linesOf(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
