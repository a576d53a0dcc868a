import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { MessageStore, QueueOffsets } from '../../src/store/message-store.ts';

/** A section that ends the state for a slave whose log begins late; the types below are those of raft/FORMATS.md 7. */
const TYPE = 64;

/** What a slave must know whose log begins behind messages that it never sees. */
export interface Beginning {
  /** State and offsets are those of this place of the log. */
  readonly stateAt: number;
  readonly queueOffsets: QueueOffsets;
  /** Largest store time up to there. */
  readonly lastTimestamp: number;
}

interface Content extends Omit<Beginning, 'queueOffsets'> {
  readonly queues: readonly (readonly [topic: string, nexts: readonly number[]])[];
}

/** All of the state, and behind it what belongs to the log. */
export function exportBeginning(state: BrokerState, store: MessageStore): StateSection[] {
  const { dispatchedPosition: stateAt, lastTimestamp } = store;
  const content: Content = { stateAt, lastTimestamp, queues: [...store.queueOffsets()] };
  return [...state.export(), { type: TYPE, version: 1, content: Buffer.from(JSON.stringify(content)) }];
}

/** Undefined for a section of the state. */
export function decodeBeginning({ type, content }: StateSection): Beginning | undefined {
  if (type !== TYPE) return undefined;
  const { queues, ...rest } = JSON.parse(content.toString()) as Content;
  return { ...rest, queueOffsets: new Map(queues) };
}
