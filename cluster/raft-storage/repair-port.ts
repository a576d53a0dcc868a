import type { NodeId } from '../../raft/index.ts';
import type { DurableLog } from './durable-log.ts';
import type { LogRepair } from './log-repair.ts';
import {
  anyTerm,
  decodeRepairReply,
  decodeRepairRequest,
  encodeRepairReply,
  encodeRepairRequest,
  type RepairRequest,
  repairRequestType,
} from './repair-wire.ts';
import type { PeerTransport } from './transport.ts';
import { frameType } from './wire.ts';

/** The most that one answer carries, unless an entry is bigger. */
const MAX_REPLY_BYTES = 1 << 20;

/** Repair between members over the transport: the own questions and the answers to them, and answers to the questions of others. */
export class RepairPort {
  readonly #transport: PeerTransport;
  readonly #log: DurableLog;
  readonly #term: () => number;
  readonly #onTooOld: (peer: NodeId) => void;
  /** Peers whose question is being answered: one at a time each. */
  readonly #answering = new Set<NodeId>();

  /** `onTooOld`: a peer asks for entries that retention has taken here. */
  constructor(transport: PeerTransport, log: DurableLog, term: () => number, onTooOld: (peer: NodeId) => void) {
    this.#transport = transport;
    this.#log = log;
    this.#term = term;
    this.#onTooOld = onTooOld;
  }

  /** Answers go to `repair`, from now on. */
  connect(repair: LogRepair): void {
    this.#transport.onRepairFrame = (from, frame) => this.#receive(repair, from, frame);
  }

  ask(peer: NodeId, request: RepairRequest): boolean {
    return this.#transport.sendFrame(peer, (incarnation) => [encodeRepairRequest(request, this.#term(), incarnation)]);
  }

  #receive(repair: LogRepair, from: NodeId, frame: Buffer): string | undefined {
    if (frameType(frame) === repairRequestType) {
      const request = decodeRepairRequest(frame);
      if (typeof request === 'string') return request;
      this.#answer(from, request);
      return undefined;
    }
    const reply = decodeRepairReply(frame);
    if (typeof reply === 'string') return reply;
    repair.receive(from, reply);
    return undefined;
  }

  #answer(to: NodeId, { sequence, index, term, maxBytes }: RepairRequest): void {
    if (this.#answering.has(to)) return;
    const log = this.#log;
    const reply = (batch: Parameters<typeof encodeRepairReply>[0]['batch']): void => {
      this.#answering.delete(to);
      this.#transport.sendFrame(to, (incarnation) => encodeRepairReply({ sequence, batch }, this.#term(), incarnation));
    };
    this.#answering.add(to);
    if (index < log.firstIndex && !log.holds(index)) this.#onTooOld(to);
    if (!log.holds(index) || (term !== anyTerm && log.termAt(index) !== term)) reply(undefined);
    else
      log.loadUnproved(index, Math.min(maxBytes, MAX_REPLY_BYTES), (result) =>
        reply('code' in result ? undefined : result),
      );
  }
}
