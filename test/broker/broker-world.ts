import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { type LoneBroker, startLoneBroker } from '../../src/broker/lone-broker.ts';
import { heartbeatData } from '../../src/protocol/body/heartbeat-data.ts';
import { type PullMessageRequest, pullMessage } from '../../src/protocol/command/pull-message.ts';
import { type SendMessageRequest, sendBatchMessage, sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { encodeBatch } from '../../src/protocol/message/batch.ts';
import { encodeProperties } from '../../src/protocol/message/properties.ts';
import { decodeRecords, type StoredRecord } from '../../src/protocol/message/record-reader.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import type { CommandDefinition } from '../../src/protocol/schema.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';

export const BROKER_ADDRESS = '10.0.0.1:10911';

const CONF = `
brokerName=broker-a
brokerIP1=10.0.0.1
storePathRootDir=/store
mappedFileSizeCommitLog=1048576
mappedFileSizeConsumeQueue=60000
maxHashSlotNum=500
maxIndexNum=2000
`;

/** A lone master on a virtual machine, and clients on another. */
export class BrokerWorld {
  readonly world: VirtualWorld;
  readonly #conf: string;
  #lone: LoneBroker | undefined;
  #brokerPlatform: VirtualPlatform | undefined;
  readonly clientPlatform: VirtualPlatform;

  private constructor(conf: string) {
    this.world = new VirtualWorld(1);
    this.#brokerPlatform = this.world.start('broker');
    this.clientPlatform = this.world.start('client');
    this.#conf = CONF + conf;
  }

  /** Starts a broker; `conf` lines win over the defaults of the tests. */
  static async start(conf = ''): Promise<BrokerWorld> {
    const world = new BrokerWorld(conf);
    await world.#start();
    return world;
  }

  get lone(): LoneBroker {
    if (this.#lone === undefined) throw new Error('the broker does not run');
    return this.#lone;
  }

  get brokerPlatform(): VirtualPlatform {
    if (this.#brokerPlatform === undefined) throw new Error('the broker does not run');
    return this.#brokerPlatform;
  }

  async #start(): Promise<void> {
    const host = { homeDirectory: '/home', hostName: 'broker', ipAddress: '10.0.0.1' };
    const { config, errors } = loadBrokerConfig(this.#conf, host);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    this.brokerPlatform.disk.makeDirectory('/store');
    const starting = startLoneBroker(this.brokerPlatform, config, (error) => {
      throw new Error(`the disk failed: ${error.message}`);
    });
    this.#lone = await this.world.settle(starting);
  }

  async stop(): Promise<void> {
    await this.world.settle(this.lone.stop());
  }

  /** Stops in order and starts again on what is on the disk. */
  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }

  /** Starts a new process on what is on the disk; kills the old one if it still runs. */
  async startAgain(): Promise<void> {
    this.brokerPlatform.crash();
    this.#brokerPlatform = this.world.start('broker');
    await this.#start();
  }

  client(address = BROKER_ADDRESS): TestClient {
    return new TestClient(this, address);
  }
}

/** Where clients live. */
export interface ClientWorld {
  readonly world: VirtualWorld;
  readonly clientPlatform: VirtualPlatform;
}

/** Sends requests to the broker and waits for their answers. */
export class TestClient {
  readonly #world: ClientWorld;
  readonly #address: string;
  readonly #client: RemotingClient;
  /** Requests that the broker sent to this client. */
  readonly received: RequestContext[] = [];

  constructor(world: ClientWorld, address = BROKER_ADDRESS) {
    this.#world = world;
    this.#address = address;
    const dispatcher = new Dispatcher(world.clientPlatform);
    dispatcher.register(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, (context) => this.received.push(context));
    this.#client = new RemotingClient({ platform: world.clientPlatform, dispatcher });
  }

  async raw(code: number, extFields: Record<string, string>, body?: Uint8Array): Promise<RemotingCommand> {
    const options = { timeoutMs: 40_000, ...(body === undefined ? {} : { body }) };
    const answer = await this.#world.world.settle(this.#client.request(this.#address, code, extFields, options));
    if (typeof answer === 'string') throw new Error(`no answer to ${code}: ${answer}`);
    return answer;
  }

  ask<Request extends object>(
    definition: CommandDefinition<Request, object>,
    header: Request,
    body?: Uint8Array,
  ): Promise<RemotingCommand> {
    return this.raw(definition.code, definition.encodeRequest(header), body);
  }

  oneway<Request extends object>(definition: CommandDefinition<Request, object>, header: Request): void {
    this.#client.oneway(this.#address, definition.code, definition.encodeRequest(header));
  }

  /** Starts a request without waiting; the answer comes into `answers`. */
  begin<Request extends object>(
    definition: CommandDefinition<Request, object>,
    header: Request,
    answers: RemotingCommand[],
    body?: Uint8Array,
  ): void {
    this.beginRaw(definition.code, definition.encodeRequest(header), answers, body);
  }

  beginRaw(code: number, extFields: Record<string, string>, answers: RemotingCommand[], body?: Uint8Array): void {
    this.#client.invoke(this.#address, code, extFields, body, 40_000, (answer) => {
      if (answer !== undefined) answers.push(answer);
    });
  }

  send(
    text: string,
    header: Partial<SendMessageRequest> = {},
    properties: Record<string, string> = {},
  ): Promise<RemotingCommand> {
    return this.ask(sendMessageV2, sendHeader(header, properties), Buffer.from(text));
  }

  sendBatch(texts: readonly string[], header: Partial<SendMessageRequest> = {}): Promise<RemotingCommand> {
    const items = texts.map((text) => ({ flag: 0, body: Buffer.from(text), properties: Buffer.from('') }));
    return this.ask(sendBatchMessage, sendHeader({ ...header, batch: true }, {}), encodeBatch(items));
  }

  pull(header: Partial<PullMessageRequest> = {}): Promise<RemotingCommand> {
    return this.ask(pullMessage, pullHeader(header));
  }

  heartbeat(
    group: string,
    topics: readonly string[],
    clientID = 'client-1',
    messageModel = 'CLUSTERING',
  ): Promise<RemotingCommand> {
    const body = heartbeatData.encode({
      clientID,
      producerDataSet: [],
      consumerDataSet: [
        {
          groupName: group,
          consumeType: 'CONSUME_PASSIVELY',
          messageModel,
          consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
          unitMode: false,
          subscriptionDataSet: topics.map((topic) => ({
            classFilterMode: false,
            topic,
            subString: '*',
            tagsSet: new Set<string>(),
            codeSet: new Set<number>(),
            subVersion: 1,
            expressionType: 'TAG',
          })),
        },
      ],
      heartbeatFingerprint: 0,
      withoutSub: false,
    });
    return this.raw(RequestCode.HEART_BEAT, {}, body);
  }

  close(): void {
    this.#client.close();
  }
}

export function sendHeader(
  header: Partial<SendMessageRequest>,
  properties: Record<string, string>,
): SendMessageRequest {
  return {
    producerGroup: 'producers',
    topic: 'Topic',
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId: 0,
    sysFlag: 0,
    bornTimestamp: 1_000,
    flag: 0,
    properties: encodeProperties(Object.entries(properties)),
    reconsumeTimes: 0,
    unitMode: false,
    batch: false,
    ...header,
  };
}

/** A pull that brings its own subscription and does not wait. */
export function pullHeader(header: Partial<PullMessageRequest>): PullMessageRequest {
  return {
    consumerGroup: 'group',
    topic: 'Topic',
    queueId: 0,
    queueOffset: 0,
    maxMsgNums: 32,
    sysFlag: 4,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
    ...header,
  };
}

/** The records in an answer. */
export function recordsOf(answer: RemotingCommand): StoredRecord[] {
  const records = decodeRecords(answer.body);
  if (typeof records === 'string') throw new Error(records);
  return records;
}

export function bodiesOf(answer: RemotingCommand): string[] {
  return recordsOf(answer).map(({ body }) => body.toString());
}
