import { NO_BYTES } from '../../../src/base/bytes.ts';
import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { BrokerState } from '../../../src/broker/state/broker-state.ts';
import { CONFIG_FILES, readConfigFile } from '../../../src/broker/state/config-files.ts';
import { nativeStoreOptions } from '../../../src/broker/store-settings.ts';
import { segmentStartOf } from '../../../src/log/segment.ts';
import type { SegmentedLog } from '../../../src/log/segmented-log.ts';
import type { Disk, DiskError, Platform } from '../../../src/platform/ports.ts';
import type { QueueOffsets } from '../../../src/store/message-store.ts';
import { type NativeStore, openNativeStore } from '../../../src/store/native-store.ts';
import { ended } from '../member-end.ts';
import { MemberRefused } from '../open-member.ts';

/** Nothing of the store goes while it is read. */
const KEEP_ALL = {
  deleteHours: [],
  reservedMs: Number.MAX_SAFE_INTEGER,
  intervalMs: 60_000,
  pauseMs: 100,
  maxFiles: 1,
  expiredPercent: 101,
  forcedPercent: undefined,
};

/** The state is read from files, in which nothing is removed. */
const NO_REMOVALS = { topicRemovalAppended: () => {}, removeTopic: () => {} };

/** The store directory of a plain master, ours or RocketMQ's, opened and recovered as that broker would. Its messages and its state are read only. */
export class PlainStore {
  readonly segments: SegmentedLog;
  readonly state: BrokerState;
  readonly #native: NativeStore;
  #failure: DiskError | undefined;

  /** Throws MemberRefused, or the disk's error. */
  constructor(platform: Platform, config: BrokerConfig, root: string) {
    const { disk, logger } = platform;
    const segmentBytes = firstFileBytes(disk, `${root}/commitlog`);
    if (segmentBytes === undefined) {
      throw new MemberRefused(
        `--seed-from ${root}: ${root}/commitlog holds no messages. Name the storePathRootDir of a broker without replication, which was stopped; a commit log that stands elsewhere (storePathCommitLog) has to be moved or linked there`,
      );
    }
    if (disk.exists(`${root}/epochFileCheckpoint`)) {
      throw new MemberRefused(
        `--seed-from ${root}: this is the store of a broker in Controller mode, whose end other brokers may have another of. Bring its messages with mqadmin exportStore and importStore`,
      );
    }
    this.state = new BrokerState(config, NO_REMOVALS);
    for (const name of CONFIG_FILES) {
      const warning = readConfigFile(disk, `${root}/config`, name, this.state);
      if (warning !== undefined) logger.warn(warning);
    }
    let segments: SegmentedLog | undefined;
    const native = openNativeStore(platform, storeOptionsOf(disk, config, root, segmentBytes), {
      exportState: () => NO_BYTES,
      replicate: (log) => {
        segments = log.segments;
        return { replicator: log, records: log };
      },
      fatal: (error) => {
        this.#failure = error;
      },
    });
    if (typeof native === 'string') throw new MemberRefused(`--seed-from ${root}: ${native}`);
    this.#native = native;
    this.segments = segments as SegmentedLog;
    native.start();
  }

  /** Next offsets of all queues, of those too whose messages are gone. */
  get queueOffsets(): QueueOffsets {
    return this.#native.store.queueOffsets();
  }

  /** Largest store time of a message. */
  get lastTimestamp(): number {
    return this.#native.store.lastTimestamp;
  }

  /** Leaves the directory as its broker would. Rejects with a sentence. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) throw new Error(this.#failure.message);
    await ended((done) => this.#native.close(done));
  }
}

/** Lengths of files are what they are, whatever the member's own configuration says. */
function storeOptionsOf(disk: Disk, config: BrokerConfig, root: string, segmentBytes: number) {
  const options = nativeStoreOptions(config);
  const consumeQueueFileBytes = queueFileBytes(disk, `${root}/consumequeue`) ?? options.store.consumeQueueFileBytes;
  const store = { ...options.store, consumeQueueFileBytes, indexEnabled: false };
  const paths = { root, commitLogDirectory: `${root}/commitlog` };
  return { ...options, ...paths, refuseState: true, segmentBytes, retention: KEEP_ALL, fullPercent: 101, store };
}

/** Length of the first file of a folder that is named by a position. */
function firstFileBytes(disk: Disk, directory: string): number | undefined {
  const [name] = disk.list(directory).filter((one) => segmentStartOf(one) !== undefined);
  if (name === undefined) return undefined;
  const file = disk.open(`${directory}/${name}`, { create: false });
  const size = file.size();
  file.close();
  return size === 0 ? undefined : size;
}

/** Length of any consume queue file: all have the same. */
function queueFileBytes(disk: Disk, directory: string): number | undefined {
  for (const topic of disk.list(directory)) {
    for (const queue of disk.list(`${directory}/${topic}`)) {
      const bytes = firstFileBytes(disk, `${directory}/${topic}/${queue}`);
      if (bytes !== undefined) return bytes;
    }
  }
  return undefined;
}
