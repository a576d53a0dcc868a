import { consumerList } from '../../src/protocol/body/consumer-list.ts';
import { type HeartbeatData, heartbeatData } from '../../src/protocol/body/heartbeat-data.ts';
import { registerBrokerBody } from '../../src/protocol/body/register-broker-body.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { ResponseCode } from '../../src/protocol/codes.ts';
import { consumerSendMessageBack } from '../../src/protocol/command/consumer-send-message-back.ts';
import { getConsumerListByGroup } from '../../src/protocol/command/get-consumer-list-by-group.ts';
import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { getMinOffset } from '../../src/protocol/command/get-min-offset.ts';
import { heartBeat } from '../../src/protocol/command/heart-beat.ts';
import { notifyConsumerIdsChanged } from '../../src/protocol/command/notify-consumer-ids-changed.ts';
import { type PullMessageRequest, pullMessage } from '../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../src/protocol/command/query-consumer-offset.ts';
import { registerBroker } from '../../src/protocol/command/register-broker.ts';
import { searchOffsetByTimestamp } from '../../src/protocol/command/search-offset-by-timestamp.ts';
import { type SendMessageRequest, sendBatchMessage, sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { unregisterClient } from '../../src/protocol/command/unregister-client.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { decodeBatch } from '../../src/protocol/message/batch.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import { offsetMessageId } from '../../src/protocol/message/message-id.ts';
import { getProperty } from '../../src/protocol/message/properties.ts';
import { encodeRecord, type RecordFields, recordSize } from '../../src/protocol/message/record.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { Connection, RequestContext } from '../../src/remoting/request-context.ts';
import { RemotingServer } from '../../src/remoting/server.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';

const HOST = encodeHost('10.9.9.9', 10911)!;

export interface StoredMessage {
  readonly record: Buffer;
  readonly body: Buffer;
  readonly properties: string;
  readonly messageId: string;
  readonly request: SendMessageRequest;
}

/** What the members of one fake broker group share: queues, consumer offsets. */
export class FakeStore {
  readonly queues = new Map<string, StoredMessage[]>();
  readonly offsets = new Map<string, number>();
  readonly sentBack: { readonly group: string; readonly offset: number; readonly delayLevel: number }[] = [];
  readonly arrivals = new Set<() => void>();
  minOffset = 0;
  #position = 0;

  queue(topic: string, queueId: number): StoredMessage[] {
    const key = `${topic}/${queueId}`;
    const found = this.queues.get(key);
    if (found !== undefined) return found;
    const made: StoredMessage[] = [];
    this.queues.set(key, made);
    return made;
  }

  all(topic: string): StoredMessage[] {
    return [...this.queues].filter(([key]) => key.startsWith(`${topic}/`)).flatMap(([, messages]) => messages);
  }

  append(request: SendMessageRequest, body: Buffer, properties: string, nowMs: number): { id: string; offset: number } {
    const queue = this.queue(request.topic, Math.max(0, request.queueId));
    const fields: RecordFields = {
      queueId: Math.max(0, request.queueId),
      flag: request.flag,
      queueOffset: queue.length,
      position: this.#position,
      sysFlag: request.sysFlag,
      bornTimestamp: request.bornTimestamp,
      bornHost: HOST,
      storeTimestamp: nowMs,
      storeHost: HOST,
      reconsumeTimes: request.reconsumeTimes,
      preparedTransactionOffset: 0,
      body,
      topic: Buffer.from(request.topic),
      properties: Buffer.from(properties),
    };
    const size = recordSize(fields);
    const record = Buffer.alloc(size);
    encodeRecord(record, 0, fields);
    const messageId = getProperty(properties, 'UNIQ_KEY') ?? '';
    queue.push({ record, body, properties, messageId, request });
    const id = offsetMessageId(HOST, this.#position);
    this.#position += size;
    for (const wake of [...this.arrivals]) wake();
    return { id, offset: queue.length - 1 };
  }
}

/** Answers a send instead of the store; false lets the store answer. */
export type SendScript = (context: RequestContext, request: SendMessageRequest) => boolean;

/** A broker that keeps messages in memory and does what the test says. */
export class FakeBroker {
  readonly platform: VirtualPlatform;
  readonly store: FakeStore;
  readonly address: string;
  readonly heartbeats = new Map<string, { data: HeartbeatData; connection: Connection }>();
  readonly unregistered: string[] = [];
  /** Sends that arrived here. */
  sends = 0;
  pulls: PullMessageRequest[] = [];
  onSend: SendScript = () => false;
  /** Requests are read and never answered. */
  silent = false;
  refusesSendBack = false;
  readonly #server: RemotingServer;

  constructor(platform: VirtualPlatform, port: number, store: FakeStore) {
    this.platform = platform;
    this.store = store;
    this.address = `${platform.name}:${port}`;
    const dispatcher = new Dispatcher(platform);
    this.#serve(dispatcher);
    this.#server = new RemotingServer({
      platform,
      dispatcher,
      events: { closed: (connection) => this.#forget(connection) },
    });
    this.#server.listen({ host: '0.0.0.0', port }, () => {});
  }

  stop(): void {
    this.#server.close(0, () => {});
  }

  /** Tells all consumers of a group that its members changed. */
  notify(group: string): void {
    for (const { connection } of this.heartbeats.values()) {
      connection.oneway(
        notifyConsumerIdsChanged.code,
        notifyConsumerIdsChanged.encodeRequest({ consumerGroup: group }),
      );
    }
  }

  members(group: string): string[] {
    return [...this.heartbeats]
      .filter(([, { data }]) => data.consumerDataSet.some((each) => each.groupName === group))
      .map(([id]) => id);
  }

  #serve(dispatcher: Dispatcher): void {
    const { store } = this;
    for (const definition of [sendMessageV2, sendBatchMessage]) {
      dispatcher.registerTyped(definition, (context, request) => this.#send(context, request));
    }
    dispatcher.registerTyped(pullMessage, (context, request) => {
      this.pulls.push(request);
      if (!this.silent) this.#pull(context, request);
    });
    dispatcher.registerTyped(heartBeat, (context) => {
      const data = heartbeatData.decode(context.command.body);
      if (data instanceof BodyError) return context.reply(ResponseCode.SYSTEM_ERROR, data.message);
      const known = this.heartbeats.has(data.clientID);
      this.heartbeats.set(data.clientID, { data, connection: context.connection });
      if (!this.silent) context.reply(ResponseCode.SUCCESS);
      if (!known) for (const { groupName } of data.consumerDataSet) this.notify(groupName);
    });
    dispatcher.registerTyped(unregisterClient, (context, { clientID, consumerGroup }) => {
      this.unregistered.push(clientID);
      this.heartbeats.delete(clientID);
      if (!this.silent) context.reply(ResponseCode.SUCCESS);
      if (consumerGroup !== undefined) this.notify(consumerGroup);
    });
    dispatcher.registerTyped(getConsumerListByGroup, (context, { consumerGroup }) => {
      const consumerIdList = this.members(consumerGroup);
      if (this.silent) return;
      if (consumerIdList.length === 0) context.reply(ResponseCode.SYSTEM_ERROR, 'no consumer for this group');
      else context.reply(ResponseCode.SUCCESS, undefined, undefined, [consumerList.encode({ consumerIdList })]);
    });
    dispatcher.registerTyped(queryConsumerOffset, (context, { consumerGroup, topic, queueId }) => {
      const offset = store.offsets.get(`${consumerGroup}/${topic}/${queueId}`);
      if (this.silent) return;
      if (offset === undefined) context.reply(ResponseCode.QUERY_NOT_FOUND, 'not found');
      else context.respond(queryConsumerOffset, ResponseCode.SUCCESS, { offset });
    });
    dispatcher.registerTyped(updateConsumerOffset, (context, { consumerGroup, topic, queueId, commitOffset }) => {
      store.offsets.set(`${consumerGroup}/${topic}/${queueId}`, commitOffset);
      if (!this.silent) context.reply(ResponseCode.SUCCESS);
    });
    dispatcher.registerTyped(getMaxOffset, (context, { topic, queueId }) => {
      context.respond(getMaxOffset, ResponseCode.SUCCESS, { offset: store.queue(topic, queueId).length });
    });
    dispatcher.registerTyped(getMinOffset, (context) => {
      context.respond(getMinOffset, ResponseCode.SUCCESS, { offset: store.minOffset });
    });
    dispatcher.registerTyped(searchOffsetByTimestamp, (context, { topic, queueId, timestamp }) => {
      const at = store.queue(topic, queueId).findIndex(({ request }) => request.bornTimestamp >= timestamp);
      context.respond(searchOffsetByTimestamp, ResponseCode.SUCCESS, {
        offset: at < 0 ? store.queue(topic, queueId).length : at,
      });
    });
    dispatcher.registerTyped(consumerSendMessageBack, (context, { group, offset, delayLevel }) => {
      if (this.refusesSendBack) {
        context.reply(ResponseCode.SYSTEM_ERROR, 'no message there');
        return;
      }
      store.sentBack.push({ group, offset, delayLevel });
      context.reply(ResponseCode.SUCCESS);
    });
  }

  #send(context: RequestContext, request: SendMessageRequest): void {
    this.sends++;
    if (this.silent || this.onSend(context, request)) return;
    this.accept(context, request);
  }

  /** Stores and acknowledges. */
  accept(context: RequestContext, request: SendMessageRequest): void {
    const nowMs = this.platform.clock.nowMs();
    const queueId = Math.max(0, request.queueId);
    const answer = (msgId: string, queueOffset: number) =>
      context.respond(sendMessageV2, ResponseCode.SUCCESS, {
        msgId,
        queueId,
        queueOffset,
        region: 'DefaultRegion',
        traceOn: 'true',
      });
    if (!request.batch) {
      const { id, offset } = this.store.append(request, context.command.body, request.properties ?? '', nowMs);
      answer(id, offset);
      return;
    }
    const items = decodeBatch(context.command.body);
    if (typeof items === 'string') {
      context.reply(ResponseCode.MESSAGE_ILLEGAL, items);
      return;
    }
    const stored = items.map(({ body, properties }) => {
      return this.store.append(request, Buffer.from(body), Buffer.from(properties).toString(), nowMs);
    });
    answer(stored.map(({ id }) => id).join(','), stored[0]!.offset);
  }

  #pull(context: RequestContext, request: PullMessageRequest): void {
    const { consumerGroup, topic, queueId, queueOffset, sysFlag, commitOffset, maxMsgNums } = request;
    if (sysFlag & 1) this.store.offsets.set(`${consumerGroup}/${topic}/${queueId}`, commitOffset);
    const queue = this.store.queue(topic, queueId);
    const header = { suggestWhichBrokerId: 0, minOffset: this.store.minOffset, maxOffset: queue.length };
    if (queueOffset < this.store.minOffset || queueOffset > queue.length) {
      const nextBeginOffset = queueOffset < this.store.minOffset ? this.store.minOffset : queue.length;
      context.respond(pullMessage, ResponseCode.PULL_OFFSET_MOVED, { ...header, nextBeginOffset });
      return;
    }
    const found = queue.slice(queueOffset, queueOffset + maxMsgNums);
    if (found.length > 0) {
      const nextBeginOffset = queueOffset + found.length;
      const body = found.map(({ record }) => record);
      context.respond(pullMessage, ResponseCode.SUCCESS, { ...header, nextBeginOffset }, 'FOUND', body);
      return;
    }
    if ((sysFlag & 2) === 0) {
      context.respond(pullMessage, ResponseCode.PULL_NOT_FOUND, { ...header, nextBeginOffset: queueOffset });
      return;
    }
    const again = (flags: number) => {
      this.platform.timers.cancel(timer);
      this.store.arrivals.delete(wake);
      if (!context.connection.closed) this.#pull(context, { ...request, sysFlag: flags });
    };
    const wake = () => queue.length > queueOffset && again(sysFlag & ~1);
    const timer = this.platform.timers.after(request.suspendTimeoutMillis, () => again(sysFlag & ~3));
    this.store.arrivals.add(wake);
  }

  #forget(connection: Connection): void {
    for (const [id, each] of [...this.heartbeats]) if (each.connection === connection) this.heartbeats.delete(id);
  }
}

/** Registers a broker with a name server, over a connection that lives as long as the broker. */
export class Registrar {
  readonly #client: RemotingClient;
  readonly #nameServer: string;

  constructor(platform: VirtualPlatform, nameServer: string) {
    this.#client = new RemotingClient({ platform });
    this.#nameServer = nameServer;
  }

  async register(
    broker: {
      readonly address: string;
      readonly brokerName: string;
      readonly brokerId: number;
      readonly epoch?: number;
    },
    topics: Readonly<Record<string, number>>,
  ): Promise<void> {
    const names = { ...topics, rmq_sys_one: 1, rmq_sys_two: 1 };
    const body = registerBrokerBody.encode({
      filterServerList: [],
      topicConfigSerializeWrapper: {
        dataVersion: { stateVersion: broker.epoch ?? 0, timestamp: 1, counter: Object.keys(names).length },
        topicConfigTable: new Map(
          Object.entries(names).map(([topicName, queues]) => [
            topicName,
            {
              topicName,
              readQueueNums: queues,
              writeQueueNums: queues,
              perm: topicName === 'TBW102' ? 7 : 6,
              topicFilterType: 'SINGLE_TAG',
              topicSysFlag: 0,
              order: false,
              attributes: {},
            },
          ]),
        ),
      },
    });
    const header = {
      brokerName: broker.brokerName,
      brokerId: broker.brokerId,
      brokerAddr: broker.address,
      clusterName: 'C',
      haServerAddr: 'x:1',
      compressed: false,
      bodyCrc32: 0,
    };
    const answer = await this.#client.request(
      this.#nameServer,
      registerBroker.code,
      registerBroker.encodeRequest(header),
      { body, timeoutMs: 1_000 },
    );
    if (typeof answer === 'string' || answer.code !== 0)
      throw new Error(`registration failed: ${JSON.stringify(answer)}`);
  }

  close(): void {
    this.#client.close();
  }
}
