import { assert } from '../../src/base/assert.ts';
import { type Broker, createBroker } from '../../src/broker/broker.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { parseProperties } from '../../src/broker/config/properties.ts';
import { applyRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { BrokerState } from '../../src/broker/state/broker-state.ts';
import { CONFIG_FILES, readConfigFile } from '../../src/broker/state/config-files.ts';
import { LogJournal } from '../../src/broker/state/log-journal.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import { nativeStoreOptions } from '../../src/broker/store-settings.ts';
import type { Address, Disk, DiskError, Platform } from '../../src/platform/ports.ts';
import { getBrokerConfig } from '../../src/protocol/command/get-broker-config.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { abortPath } from '../../src/store/native-files.ts';
import { type NativeStore, openNativeStore } from '../../src/store/native-store.ts';
import { Forwarder } from '../dledger/forwarder.ts';
import { AdoptedState } from './adopted-state.ts';
import { decodeBeginning, exportBeginning } from './beginning.ts';
import { changesOf } from './changes-of.ts';
import { DoubtFile } from './doubt-file.ts';
import { unfinishedCut } from './epoch-agreement.ts';
import { EpochFile } from './epoch-file.ts';
import { HaLog } from './ha-log.ts';
import { HaPort } from './ha-port.ts';
import { ReplicaMastership } from './replica-mastership.ts';
import { ReplicaNode } from './replica-node.ts';
import type { ReplicaEvents, ReplicaRoles } from './replica-roles.ts';
import { decodeState, encodeState } from './state-content.ts';

/** How long a slave waits for a master's configuration, ms. */
const PATIENCE_MS = 1_000;

/** A broker of Controller mode: a native store whose log is replicated as the roles say, and whose state rides that log. */
export class ReplicaBroker {
  readonly broker: Broker;
  readonly #platform: Platform;
  readonly #config: BrokerConfig;
  readonly #native: NativeStore;
  readonly #state: BrokerState;
  readonly #log: HaLog;
  readonly #node: ReplicaNode;
  readonly #port: HaPort;
  readonly #client: RemotingClient;
  readonly #doubt: DoubtFile;
  readonly #journal: LogJournal;

  /**
   * Opens the store; nothing is sent before `start`, and no role is taken before `roles` is told one. `fatal`: the process has to stop at once. Throws a sentence or the
   * disk's error.
   */
  constructor(platform: Platform, config: BrokerConfig, events: ReplicaEvents, fatal: (error: DiskError) => void) {
    const { disk, timers, clock } = platform;
    const root = config.storePathRootDir;
    this.#platform = platform;
    this.#config = config;
    const unclean = disk.exists(abortPath(root));
    const cut = unfinishedCut(disk, root);
    const hasQueues = holdsQueues(disk, `${root}/consumequeue`);
    let log: HaLog | undefined;
    let hole = false;
    const cutHole = (position: number): void => {
      hole = true;
      platform.logger.warn('the log had a hole, and is cut there; what is missing comes from the master', { position });
    };
    const native = openNativeStore(
      platform,
      { ...nativeStoreOptions(config), cutHole, ...(cut === undefined ? {} : { unfinishedCut: cut }) },
      {
        exportState: () => encodeState(this.#state.export()),
        replicate: (inner, confirmedPosition) => {
          const { maxPendingBytes, allAckInSyncStateSet } = config;
          const answersWritten = !allAckInSyncStateSet;
          log = new HaLog({ native: inner, timers, confirmedPosition, maxPendingBytes, answersWritten });
          return { replicator: log, records: log };
        },
        fatal,
      },
    );
    if (typeof native === 'string') throw new Error(native);
    assert(log !== undefined, 'the store stands on the replicated log');
    const storeHost = encodeHost(config.brokerIP1, config.listenPort);
    assert(storeHost !== undefined, 'the configuration checks brokerIP1');
    this.#native = native;
    this.#log = log;
    this.#state = new BrokerState(config, native.store);
    const epochs = openEpochs(platform, config);
    const doubt = new DoubtFile({
      disk,
      root,
      bootId: platform.process.bootId(),
      unclean,
      hole,
      diskFailed: native.diskFailed,
      asyncAcks: config.flushDiskType === 'ASYNC_FLUSH',
      epochs: epochs.entries,
      empty: cut === undefined && log.endPosition === log.minPosition,
      hasQueues: hasQueues && log.endPosition === 0,
      start: platform.random.bytes(6).toString('hex'),
      hasId: disk.exists(config.storePathBrokerIdentity),
    });
    this.#doubt = doubt;
    cutEpochs(disk, root, epochs, log, cut);
    this.#client = new RemotingClient({ platform });
    const forwarder = new Forwarder({ clock, timers, client: this.#client, leader: () => this.#leader() });
    const mastership = new ReplicaMastership(() => this.#node, forwarder);
    const adopted = new AdoptedState({
      ...{ doubt, log, logger: platform.logger, fatal },
      append: () => changesOf(this.#state).every((change) => this.#journal.append([change]) === undefined),
      forget: (done) => this.#forgetState(done),
    });
    this.#node = new ReplicaNode({
      ...{ platform, config, log, epochs, doubt, adopted, events, fatal },
      store: () => native.store,
      beginAt: (position) => native.beginAt(position),
      exportState: () => exportBeginning(this.#state, native.store),
      importState: (section) => this.#importState(section),
      onChange: () => mastership.changed(),
      haPortOf: (address, done) => this.#haPortOf(address, done),
    });
    this.#port = new HaPort(platform, () => this.#node.masterRole);
    const { store } = native;
    store.setStoreHost(storeHost);
    store.setInternalRecordHandler({ applyInternal: (bytes, position) => this.#apply(bytes, position) });
    this.#journal = new LogJournal(store, this.#state, { host: storeHost, nowMs: () => clock.nowMs() });
    this.broker = createBroker({ platform, config, store, state: this.#state, journal: this.#journal, mastership });
  }

  get roles(): ReplicaRoles {
    return this.#node;
  }

  /** What this broker is made of, for whoever examines it from within: nothing may be changed through it. */
  get parts() {
    const native = this.#native;
    return {
      log: this.#log,
      store: native.store,
      state: this.#state,
      node: this.#node,
      /** See NativeStore. */
      get stateAt() {
        return native.stateAt;
      },
    };
  }

  /** Recovers, and opens the ports. Rejects with a sentence. */
  async start(): Promise<void> {
    this.#restoreState();
    this.#native.start();
    // From here on a start knows what was confirmed; before, everything in the log would count.
    await ended((done) => this.#native.makePoint(done));
    const { bindAddress, haListenPort } = this.#config;
    await this.#port.listen(bindAddress, haListenPort);
    await this.broker.start();
  }

  /** From the newest recovery point, or from the files of a plain master whose directory this was. */
  #restoreState(): void {
    const { ownerState } = this.#native;
    if (ownerState !== undefined && ownerState.length > 0) {
      for (const section of decodeState(ownerState)) this.#state.importSection(section);
      return;
    }
    const { disk, logger } = this.#platform;
    const empty = this.#state.hash();
    for (const name of CONFIG_FILES) {
      const warning = readConfigFile(disk, `${this.#config.storePathRootDir}/config`, name, this.#state);
      if (warning !== undefined) logger.warn(warning);
    }
    // Before a recovery point holds it: the next start could not tell any more.
    if (this.#state.hash() !== empty) this.#doubt.adopts();
  }

  /** Without the state that it had; durable when `done` comes. */
  #forgetState(done: () => void): void {
    const none = new BrokerState(this.#config, this.#native.store);
    for (const section of none.export()) this.#state.importSection(section);
    this.#native.makePoint((error) => {
      if (error === undefined) done();
    });
  }

  /** What a log that begins late does not tell. What belongs to the log comes last, and then all of it is made durable. */
  #importState(section: StateSection): void {
    const beginning = decodeBeginning(section);
    if (beginning === undefined) this.#state.importSection(section);
    else this.#native.adoptState(beginning);
  }

  #apply(bytes: Buffer, position: number): void {
    const record = readInternalRecord(bytes, position);
    if (applyRecord(this.#state, record)) return;
    throw new Error(`the internal record at ${position} has the type ${record.type}, which this version does not know`);
  }

  #leader(): { address: string; term: number } | undefined {
    const { masterAddress, masterEpoch } = this.#node;
    return masterAddress === undefined ? undefined : { address: masterAddress, term: masterEpoch };
  }

  /** A broker's configuration says where its HA port is. */
  #haPortOf(address: string, done: (address: Address | string) => void): void {
    this.#client.invoke(address, getBrokerConfig.code, {}, undefined, PATIENCE_MS, (response, failure) => {
      if (response === undefined) {
        done(`the master ${address} does not answer: ${failure ?? 'closed'}`);
        return;
      }
      const keys = new Map(parseProperties(response.body.toString()).entries.map(({ key, value }) => [key, value]));
      const port = Number(keys.get('haListenPort'));
      const host = keys.get('brokerIP2');
      if (host === undefined || !(port > 0)) done(`the master ${address} does not tell its haListenPort`);
      else done({ host, port });
    });
  }

  /** SIGTERM: appends nothing more, flushes everything and leaves the directory as closed. */
  async stop(): Promise<void> {
    await this.broker.stop();
    this.#node.stop();
    this.#port.close();
    this.#client.close();
    await ended((done) => this.#native.close(done));
  }
}

function openEpochs({ disk }: Platform, { storePathRootDir: root, storePathEpochFile: path }: BrokerConfig): EpochFile {
  return EpochFile.open(disk, path === '' ? `${root}/epochFileCheckpoint` : path);
}

/** `folder` has a file of some queue of some topic. Nothing of it is opened yet. */
function holdsQueues(disk: Disk, folder: string): boolean {
  return disk.list(folder).some((topic) => {
    const ids = disk.list(`${folder}/${topic}`).filter((name) => /^\d+$/.test(name));
    return ids.some((id) => disk.list(`${folder}/${topic}/${id}`).length > 0);
  });
}

/** Epochs that begin behind the end of the log were noted before the first byte of them came. A cut that the last run began is over with theirs. */
function cutEpochs(disk: Disk, root: string, epochs: EpochFile, log: HaLog, cut: number | undefined): void {
  epochs.cut(log.endPosition + 1);
  if (cut === undefined) return;
  epochs.cut(cut);
  disk.remove(`${root}/ledgermq.cut`);
  disk.syncDirectory(root);
}

/** A step that reports by callback, as a promise that rejects with the error's sentence. */
function ended(step: (done: (error: { readonly message: string } | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    step((error) => (error === undefined ? resolve() : reject(new Error(error.message))));
  });
}
