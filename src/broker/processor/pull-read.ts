import {
  PullFlag,
  type PullMessageRequest,
  type PullMessageResponse,
  pullMessage,
} from '../../protocol/command/pull-message.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { GetResult, MessageFilter } from '../../store/get-result.ts';
import type { HeldPull } from '../longpoll/pull-hold.ts';
import type { BrokerParts } from '../parts.ts';

/** What a read means for the client; `moved` corrects its offset, so only a proven master may say it. */
type Verdict = 'found' | 'retry' | 'wait' | 'moved';

/** Longest wait, whatever the client asks for: no client waits longer for an answer. */
const MAX_WAIT_MS = 600_000;

/** One checked pull from its first look at the queue to its answer, with a wait in between if the client allows it. */
export class PullRead implements HeldPull {
  readonly topic: string;
  readonly queueId: number;
  readonly offset: number;
  readonly filter: MessageFilter | undefined;
  readonly deadlineMs: number;
  readonly #parts: BrokerParts;
  readonly #context: RequestContext;
  readonly #request: PullMessageRequest;
  #mayWait: boolean;
  #proven = false;

  constructor(
    parts: BrokerParts,
    context: RequestContext,
    request: PullMessageRequest,
    filter: MessageFilter | undefined,
  ) {
    this.#parts = parts;
    this.#context = context;
    this.#request = request;
    this.topic = request.topic;
    this.queueId = request.queueId;
    this.offset = request.queueOffset;
    this.filter = filter;
    const { longPollingEnable, shortPollingTimeMills } = parts.config;
    const waitMs = Math.min(longPollingEnable ? request.suspendTimeoutMillis : shortPollingTimeMills, MAX_WAIT_MS);
    this.deadlineMs = context.receivedAtMs + waitMs;
    this.#mayWait = (request.sysFlag & PullFlag.SUSPEND) !== 0 && waitMs > 0;
  }

  get closed(): boolean {
    return this.#context.connection.closed;
  }

  start(): void {
    const { config, store, resets, mastership } = this.#parts;
    const reset = resets.get(this.#request.consumerGroup, this.topic, this.queueId);
    if (reset === this.offset) {
      resets.remove(this.#request.consumerGroup, this.topic, this.queueId);
    } else if (reset !== undefined && mastership.serving) {
      if (this.#proven) this.#answerReset(reset);
      else this.#prove();
      return;
    }
    const { maxMsgNums, maxMsgBytes } = this.#request;
    const maxCount = Math.max(1, Math.min(maxMsgNums, config.maxTransferCountOnMessageInMemory));
    const wanted = maxMsgBytes === undefined || maxMsgBytes <= 0 ? Number.MAX_SAFE_INTEGER : maxMsgBytes;
    const maxBytes = Math.min(wanted, config.maxTransferBytesOnMessageInMemory);
    store.getMessage(this.topic, this.queueId, this.offset, maxCount, maxBytes, this.filter, this.#decide);
  }

  /** A message arrived or the time is over: the next look is answered in any case. */
  resume(): void {
    this.#mayWait = false;
    this.start();
  }

  readonly #decide = (result: GetResult): void => {
    const serving = this.#parts.mastership.serving;
    const verdict = serving ? masterVerdict(result, this.offset) : followerVerdict(result);
    if (verdict === 'moved' && !this.#proven) {
      this.#prove();
      return;
    }
    if (verdict === 'wait' && this.#mayWait && this.#parts.holds.hold(this)) return;
    this.#answer(result, verdict, serving);
  };

  /** Only a node that proves to be the master now may move a client's offset (raft/SAFETY.md 6). */
  #prove(): void {
    this.#parts.mastership.confirm((master) => {
      this.#proven = master;
      if (master) this.start();
      else this.#answerUnchanged();
    });
  }

  #answer(result: GetResult, verdict: Verdict, serving: boolean): void {
    const inRange = verdict === 'found' || verdict === 'retry';
    const header = {
      suggestWhichBrokerId: this.#suggestion(result),
      nextBeginOffset: serving || inRange ? result.nextBeginOffset : this.offset,
      minOffset: result.minOffset,
      maxOffset: result.maxOffset,
      topicSysFlag: 0,
      groupSysFlag: 0,
    };
    if (verdict === 'found') this.#count(result);
    const body = verdict === 'found' ? result.records : undefined;
    this.#context.respond(pullMessage, VERDICT_CODE[verdict], header, result.status, body);
  }

  /** Which broker of the set to read from next: a slave for a reader that is far behind, so that the master keeps its memory for the others. */
  #suggestion({ behindBytes }: GetResult): number {
    const { config, state } = this.#parts;
    if (!config.slaveReadEnable) return 0;
    const group = state.groups.get(this.#request.consumerGroup);
    const slow = behindBytes > (config.machineMemoryBytes * config.accessMessageInMemoryMaxRatio) / 100;
    return slow ? (group?.whichBrokerWhenConsumeSlowly ?? 1) : (group?.brokerId ?? 0);
  }

  #answerUnchanged(): void {
    this.#context.respond(pullMessage, ResponseCode.PULL_NOT_FOUND, this.#header(this.offset), 'OFFSET_OVERFLOW_ONE');
  }

  /** The operator's new offset reaches the consumer with this answer. */
  #answerReset(offset: number): void {
    this.#parts.resets.remove(this.#request.consumerGroup, this.topic, this.queueId);
    this.#context.respond(pullMessage, ResponseCode.PULL_OFFSET_MOVED, this.#header(offset), 'OFFSET_RESET');
  }

  #header(nextBeginOffset: number): PullMessageResponse {
    const { store } = this.#parts;
    const [minOffset, maxOffset] = [
      store.minOffset(this.topic, this.queueId),
      store.maxOffset(this.topic, this.queueId),
    ];
    return { suggestWhichBrokerId: 0, nextBeginOffset, minOffset, maxOffset, topicSysFlag: 0, groupSysFlag: 0 };
  }

  #count(result: GetResult): void {
    const { stats, config } = this.#parts;
    const key = `${this.topic}@${this.#request.consumerGroup}`;
    stats.add('GROUP_GET_NUMS', key, result.records.length);
    stats.add('GROUP_GET_SIZE', key, result.byteLength);
    stats.add('BROKER_GET_NUMS', config.brokerClusterName, result.records.length);
  }
}

const VERDICT_CODE: Readonly<Record<Verdict, number>> = {
  found: ResponseCode.SUCCESS,
  retry: ResponseCode.PULL_RETRY_IMMEDIATELY,
  wait: ResponseCode.PULL_NOT_FOUND,
  moved: ResponseCode.PULL_OFFSET_MOVED,
};

/** PullMessageProcessor.composeResponseHeader. */
function masterVerdict({ status }: GetResult, offset: number): Verdict {
  switch (status) {
    case 'FOUND':
      return 'found';
    case 'NO_MATCHED_MESSAGE':
    case 'MESSAGE_WAS_REMOVING':
      return 'retry';
    case 'OFFSET_FOUND_NULL':
    case 'OFFSET_OVERFLOW_ONE':
      return 'wait';
    case 'NO_MATCHED_LOGIC_QUEUE':
    case 'NO_MESSAGE_IN_QUEUE':
      return offset === 0 ? 'wait' : 'moved';
    case 'OFFSET_OVERFLOW_BADLY':
    case 'OFFSET_TOO_SMALL':
      return 'moved';
  }
}

/** Inside its committed range a node that is not the master serves; anything else waits with the offset unchanged. */
function followerVerdict({ status }: GetResult): Verdict {
  if (status === 'FOUND') return 'found';
  return status === 'NO_MATCHED_MESSAGE' ? 'retry' : 'wait';
}
