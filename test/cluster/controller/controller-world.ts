import { loadControllerConfig } from '../../../cluster/controller/config.ts';
import { Controller } from '../../../cluster/controller/controller.ts';
import { type SyncStateSet, syncStateSet } from '../../../src/protocol/body/sync-state-set.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { alterSyncStateSet } from '../../../src/protocol/command/alter-sync-state-set.ts';
import { applyBrokerId } from '../../../src/protocol/command/apply-broker-id.ts';
import { brokerHeartbeat } from '../../../src/protocol/command/broker-heartbeat.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import { getControllerMetadata } from '../../../src/protocol/command/get-controller-metadata.ts';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import { notifyBrokerRoleChanged } from '../../../src/protocol/command/notify-broker-role-changed.ts';
import { registerBrokerToController } from '../../../src/protocol/command/register-broker-to-controller.ts';
import { FieldError } from '../../../src/protocol/field-error.ts';
import type { RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import type { CommandDefinition } from '../../../src/protocol/schema.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { Dispatcher } from '../../../src/remoting/dispatcher.ts';
import { RemotingServer } from '../../../src/remoting/server.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

const PORT = 9878;
const CLUSTER = 'c';

interface Machine {
  platform: VirtualPlatform;
  controller: Controller | undefined;
}

/** What a controller answered: its code, and the typed header where there is one. */
export interface Answer<Header> {
  readonly code: number;
  readonly remark: string | undefined;
  readonly header: Header;
  readonly body: Buffer;
}

/** Controllers of one group, all real, in a virtual world; tests play the brokers. */
export class ControllerWorld {
  readonly world: VirtualWorld;
  readonly names: readonly string[];
  readonly #machines = new Map<string, Machine>();
  readonly #conf: string;
  /** What ended a process by itself. */
  readonly fatal: string[] = [];

  private constructor(world: VirtualWorld, names: readonly string[], conf: string) {
    this.world = world;
    this.#conf = conf;
    this.names = names;
    for (const name of this.names) {
      this.#machines.set(name, { platform: this.world.start(name), controller: undefined });
    }
  }

  /** A group that has a leader. */
  static async serving(count: number, conf = '', seed = 1): Promise<ControllerWorld> {
    const names = Array.from({ length: count }, (_, number) => `n${number}`);
    return ControllerWorld.#servingIn(new VirtualWorld(seed), names, conf);
  }

  /** A group of one controller, which knows nothing of another one in the same world. */
  static beside({ world }: ControllerWorld): Promise<ControllerWorld> {
    return ControllerWorld.#servingIn(world, ['other'], '');
  }

  static async #servingIn(world: VirtualWorld, names: readonly string[], conf: string): Promise<ControllerWorld> {
    const made = new ControllerWorld(world, names, conf);
    for (const name of made.names) await made.start(name);
    await made.untilServing();
    return made;
  }

  async start(name: string): Promise<void> {
    const machine = this.#machines.get(name)!;
    const peers = this.names.map((each) => `${each}-${each}:${PORT}`).join(';');
    const text = `
controllerDLegerGroup=g
controllerDLegerPeers=${peers}
controllerDLegerSelfId=${name}
controllerStorePath=/controller
configStorePath=/controller.properties
mappedFileSize=65536
scanNotActiveBrokerInterval=1000
scanInactiveMasterInterval=1000
${this.#conf}`;
    const { config, errors } = loadControllerConfig(text, '/home');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    machine.controller = new Controller(machine.platform, config, (error) => {
      this.fatal.push(`${name}: ${error.message}`);
      this.kill(name);
    });
    await this.world.settle(machine.controller.start());
  }

  controller(name: string): Controller {
    const { controller } = this.#machines.get(name)!;
    if (controller === undefined) throw new Error(`${name} does not run`);
    return controller;
  }

  isRunning(name: string): boolean {
    return this.#machines.get(name)!.controller !== undefined;
  }

  /** SIGKILL; with `machine` the power fails, too. */
  kill(name: string, options: { machine?: boolean } = {}): void {
    const machine = this.#machines.get(name)!;
    machine.platform.crash(options);
    machine.controller = undefined;
    machine.platform = this.world.start(name);
  }

  /** Empties the directory of a controller that does not run. */
  wipe(name: string): void {
    this.#machines.get(name)!.platform.disk.removeTree('/controller');
  }

  platform(name: string): VirtualPlatform {
    return this.#machines.get(name)!.platform;
  }

  /** SIGTERM. */
  async stop(name: string): Promise<void> {
    await this.world.settle(this.controller(name).stop());
    this.kill(name);
  }

  isolate(name: string): void {
    for (const other of this.names) if (other !== name) this.world.fabric.cut(name, other);
  }

  heal(name: string): void {
    for (const other of this.names) if (other !== name) this.world.fabric.heal(name, other);
  }

  /** Controllers that lead and serve. */
  leaders(): string[] {
    return this.names.filter((name) => {
      if (!this.isRunning(name)) return false;
      const { role, ready } = this.controller(name).status().raft;
      return role === 'leader' && ready;
    });
  }

  get leader(): string {
    const [name] = this.leaders();
    if (name === undefined) throw new Error('nobody leads');
    return name;
  }

  async untilServing(limitMs = 10_000): Promise<string> {
    await this.until(() => this.leaders().length === 1, limitMs);
    return this.leader;
  }

  async until(condition: () => boolean, limitMs = 10_000): Promise<void> {
    const end = this.world.nowMs + limitMs;
    while (!condition()) {
      if (this.world.nowMs > end) throw new Error(`not within ${limitMs} virtual ms`);
      await this.world.run(10);
    }
  }

  address(name: string): string {
    return `${name}:${PORT}`;
  }

  /** A machine that plays a broker, on a host of its own. */
  async broker(host: string): Promise<PlayedBroker> {
    const broker = new PlayedBroker(this, host);
    await broker.listen();
    return broker;
  }
}

/** A broker as controllers see one: requests and heartbeats, and notices that it got. */
export class PlayedBroker {
  readonly address: string;
  readonly notices: { readonly masterBrokerId: number | undefined; readonly masterEpoch: number | undefined }[] = [];
  readonly client: RemotingClient;
  readonly #group: ControllerWorld;
  readonly platform: VirtualPlatform;
  readonly #server: RemotingServer;
  #beating = false;
  /** Told with each heartbeat. */
  position = { epoch: -1, maxOffset: 0 };
  priority = 100;
  brokerId = -1;
  brokerName = 'b';

  constructor(group: ControllerWorld, host: string) {
    this.#group = group;
    this.platform = group.world.start(host);
    this.address = `${host}:30911`;
    this.client = new RemotingClient({ platform: this.platform });
    const dispatcher = new Dispatcher(this.platform);
    dispatcher.registerTyped(notifyBrokerRoleChanged, (_context, { masterBrokerId, masterEpoch }) => {
      this.notices.push({ masterBrokerId, masterEpoch });
    });
    this.#server = new RemotingServer({ platform: this.platform, dispatcher });
  }

  listen(): Promise<void> {
    const listening = new Promise<void>((resolve, reject) => {
      this.#server.listen({ host: '0.0.0.0', port: 30911 }, (error) => (error ? reject(error) : resolve()));
    });
    return this.#group.world.settle(listening);
  }

  /** Asks one controller; by default the leader. */
  async ask<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    header: Request,
    options: { readonly body?: Buffer; readonly of?: string } = {},
  ): Promise<Answer<Response>> {
    const { body, of = this.#group.leader } = options;
    const fields = definition.encodeRequest(header);
    const asking = this.client.request(this.#group.address(of), definition.code, fields, {
      timeoutMs: 3_000,
      ...(body === undefined ? {} : { body }),
    });
    return answerOf(definition, await this.#group.world.settle(asking));
  }

  /** Takes the id and registers. */
  async join(brokerId: number, options: { readonly inDoubt?: boolean } = {}) {
    this.brokerId = brokerId;
    const { brokerName, address: brokerAddress } = this;
    const registerCheckCode = `${brokerAddress};1`;
    await this.ask(applyBrokerId, { clusterName: CLUSTER, brokerName, appliedBrokerId: brokerId, registerCheckCode });
    return this.register(options);
  }

  register({ inDoubt = false }: { readonly inDoubt?: boolean } = {}) {
    const { brokerName, brokerId, address: brokerAddress } = this;
    return this.ask(registerBrokerToController, { clusterName: CLUSTER, brokerName, brokerId, brokerAddress, inDoubt });
  }

  elect(designateElect = false) {
    const { brokerName, brokerId } = this;
    return this.ask(electMaster, { clusterName: CLUSTER, brokerName, brokerId, designateElect });
  }

  alter(masterEpoch: number, ids: readonly number[], syncStateSetEpoch: number) {
    const { brokerName, brokerId: masterBrokerId } = this;
    const body = syncStateSet.encode({ syncStateSet: new Set(ids), syncStateSetEpoch });
    return this.ask(alterSyncStateSet, { brokerName, masterBrokerId, masterEpoch }, { body });
  }

  /** Master and set as the controllers know them. */
  async info() {
    const { header, body, code } = await this.ask(getReplicaInfo, { brokerName: this.brokerName });
    const { syncStateSet: ids, syncStateSetEpoch } = setOf(body);
    const { masterBrokerId, masterEpoch } = header;
    return { code, masterBrokerId, masterEpoch, ids: [...ids], syncStateSetEpoch };
  }

  metadata(of: string) {
    return this.ask(getControllerMetadata, {}, { of });
  }

  /** Sends heartbeats to all controllers each second, from now on. */
  startBeating(): void {
    if (this.#beating) return;
    this.#beating = true;
    this.beat();
    this.platform.timers.every(1_000, () => this.#beating && this.beat());
  }

  stopBeating(): void {
    this.#beating = false;
  }

  beat(): void {
    const header = {
      clusterName: CLUSTER,
      brokerAddr: this.address,
      brokerName: this.brokerName,
      brokerId: this.brokerId,
      ...this.position,
      confirmOffset: 0,
      heartbeatTimeoutMills: 5_000,
      electionPriority: this.priority,
    };
    for (const name of this.#group.names) {
      const { code } = brokerHeartbeat;
      this.client.oneway(this.#group.address(name), code, brokerHeartbeat.encodeRequest(header));
    }
  }

  /** Its process dies: all connections end. */
  kill(): void {
    this.platform.crash();
  }
}

function answerOf<Response extends object>(
  definition: CommandDefinition<object, Response>,
  response: RemotingCommand | string,
): Answer<Response> {
  if (typeof response === 'string') throw new Error(`${definition.name}: ${response}`);
  const header = definition.decodeResponse(response.extFields);
  if (header instanceof FieldError) throw new Error(header.message);
  return { code: response.code, remark: response.remark, header, body: response.body };
}

export function setOf(body: Buffer): SyncStateSet {
  const set = syncStateSet.decode(body);
  if (set instanceof BodyError) throw set;
  return set;
}
