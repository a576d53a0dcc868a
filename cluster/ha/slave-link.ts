import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { Clock, Logger, NetworkError, Socket } from '../../src/platform/ports.ts';
import { FrameReader } from '../raft-storage/frame-reader.ts';
import { CatchUp } from './catch-up.ts';
import { memoryRun, proveEnd, type Run, readRun } from './log-bytes.ts';
import type { MasterRole } from './master-role.ts';
import {
  decodeAck,
  decodeJson,
  decodeProof,
  type EndProof,
  encodeJson,
  encodeProgress,
  encodeState,
  encodeText,
  frameTypes,
  type Hello,
  isTooShort,
  MAX_SLAVE_FRAME,
  PROVED,
  TYPE_AT,
} from './wire.ts';

/** A slave of ours, as its master sees it: shows it where the logs part, then sends what comes and hears how far it is. */
export class SlaveLink {
  readonly #master: MasterRole;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #reader: FrameReader;
  #phase: 'hello' | 'start' | 'stream' | 'closed' = 'hello';
  #hello: Hello | undefined;
  #sent = 0;
  #sentConfirm = -1;
  #blocked = false;
  #reading = false;
  /** Everything below is with the slave, as safe as its flush mode makes it: what it acknowledged on this connection. That its log goes on somewhere says less. */
  ackPosition = 0;
  /** Newest round that it echoed. */
  round = 0;
  readonly #catchUp: CatchUp;
  #heardMs: number;

  constructor(master: MasterRole, socket: Socket, clock: Clock, logger: Logger) {
    this.#master = master;
    this.#socket = socket;
    this.#clock = clock;
    this.#logger = logger;
    this.#heardMs = clock.monotonicMs();
    this.#catchUp = new CatchUp(this.#heardMs);
    this.#reader = new FrameReader(MAX_SLAVE_FRAME, (frame) => this.#frame(frame));
    socket.setHandlers({
      onData: (chunk) => this.data(chunk),
      onDrain: () => {
        this.#blocked = false;
        this.pump();
      },
      onClose: (reason) => this.#closed(reason),
    });
  }

  get brokerId(): number {
    return this.#hello?.brokerId ?? -1;
  }

  get address(): string {
    return this.#hello?.address ?? '';
  }

  get learner(): boolean {
    return this.#hello?.learner ?? false;
  }

  /** Lower is preferred. */
  get priority(): number {
    return this.#hello?.priority ?? Number.MAX_SAFE_INTEGER;
  }

  /** When it last had everything that the log held then; shrinks judge by it. */
  get caughtUpMs(): number {
    return this.#catchUp.caughtUpMs;
  }

  /** It gets data, so its acknowledgements count. */
  get streaming(): boolean {
    return this.#phase === 'stream';
  }

  data(chunk: Buffer): void {
    this.#heardMs = this.#clock.monotonicMs();
    const problem = this.#reader.push(chunk);
    if (problem !== undefined) this.drop(problem);
  }

  #frame(frame: Buffer): boolean {
    if (isTooShort(frame)) return this.drop('a frame is shorter than its type allows');
    const type = frame[TYPE_AT];
    if (type === frameTypes.hello && this.#phase === 'hello') this.#onHello(decodeJson<Hello>(frame));
    else if (type === frameTypes.prove && this.#phase === 'start') this.#onProve(decodeProof(frame));
    else if (type === frameTypes.start && this.#phase === 'start') this.#onStart(frame);
    else if (type === frameTypes.ack && this.#phase === 'stream') this.#onAck(frame);
    else return this.drop(`a frame of type ${type} makes no sense here`);
    return !this.#isClosed();
  }

  #isClosed(): boolean {
    return this.#phase === 'closed';
  }

  #onHello(hello: Hello | undefined): void {
    const master = this.#master;
    if (hello === undefined) {
      this.drop('its first frame cannot be read');
      return;
    }
    const refusal = master.admit(hello, this);
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    this.#hello = hello;
    this.#phase = 'start';
    const { log } = master;
    const { epochs, epoch: masterEpoch, setId } = master;
    const welcome = { masterEpoch, epochs, minPosition: log.minPosition, endPosition: log.endPosition, setId };
    this.#socket.write([encodeJson(frameTypes.welcome, welcome)]);
  }

  /** The slave is going to cut its log there, if this is its history. */
  #onProve(proof: EndProof): void {
    if (this.#holds(proof)) this.#socket.write([PROVED]);
  }

  /** The log has the same before that position. If it has not, this was the slave's last frame. */
  #holds({ position, count, crc }: EndProof): boolean {
    const { log } = this.#master;
    const hasIt = position >= log.minPosition + count && position <= log.endPosition;
    const own = hasIt ? proveEnd(log.native.segments, position, count) : undefined;
    if (hasIt && own === undefined) return this.drop('its end is not in the files yet; it will come again');
    if (own?.count === count && own.crc === crc) return true;
    this.refuse(whyNotHere(position, log.minPosition, log.endPosition));
    return false;
  }

  /** The slave says where it goes on, and proves that it has what is before. */
  #onStart(frame: Buffer): void {
    const proof = decodeProof(frame);
    const { log } = this.#master;
    if (!this.#holds(proof)) return;
    this.#phase = 'stream';
    this.#sent = proof.position;
    this.#logger.info('A slave follows', { slave: this.address, brokerId: this.brokerId, from: this.#sent });
    this.#master.joined(this);
    // What came before the log's first file tells of queues and state, too.
    if (proof.position > 0 && proof.position === log.minPosition)
      for (const section of this.#master.stateForBeginner()) this.sendState(section);
    this.beat();
    this.pump();
  }

  #onAck(frame: Buffer): void {
    const { position, round } = decodeAck(frame);
    if (position > this.#sent || position < this.ackPosition) {
      this.drop(`it acknowledges position ${position}, but has ${this.ackPosition} and was sent ${this.#sent}`);
      return;
    }
    this.ackPosition = position;
    this.round = round;
    this.#catchUp.acknowledged(position, this.#master.log.endPosition, this.#clock.monotonicMs());
    this.#master.acknowledged(this);
  }

  /** Sends what is new. */
  readonly pump = (): void => {
    const { log } = this.#master;
    this.#catchUp.appended(this.ackPosition, log.endPosition, this.#clock.monotonicMs());
    while (this.#phase === 'stream' && !this.#blocked && !this.#reading && this.#sent < log.endPosition) {
      const run = memoryRun(log.native.segments, this.#sent);
      if (run === undefined) {
        if (this.#sent < log.native.segments.memoryPosition) this.#readOn();
        return;
      }
      this.#send(run);
    }
    if (this.#sent === log.endPosition && !this.#blocked && this.#phase === 'stream') this.#master.upToDate(this);
  };

  #readOn(): void {
    this.#reading = true;
    readRun(this.#master.log.native.segments, this.#sent, (run) => {
      this.#reading = false;
      if (this.#phase !== 'stream') return;
      if (typeof run === 'string') {
        this.drop(run);
        return;
      }
      this.#send(run);
      this.pump();
    });
  }

  #send({ position, bytes }: Run): void {
    const progress = this.#progress(position);
    this.#blocked = !this.#socket.write([encodeProgress(frameTypes.data, progress, bytes.length), bytes]);
    this.#sent = position + bytes.length;
  }

  #progress(position: number) {
    const { log, epoch, round } = this.#master;
    this.#sentConfirm = log.confirmedPosition;
    return { position, confirmPosition: log.confirmedPosition, epoch, round };
  }

  /** Tells how far the master is, though nothing is to be sent. */
  beat(): void {
    if (this.#phase !== 'stream') return;
    this.#socket.write([encodeProgress(frameTypes.beat, this.#progress(this.#master.log.endPosition))]);
  }

  /** The confirm position moved: a slave that gets no data now hears of it. */
  tellConfirmed(): void {
    if (this.#sentConfirm < this.#master.log.confirmedPosition) this.beat();
  }

  /** State that does not ride the log, as of everything that was sent. */
  sendState(section: StateSection): void {
    this.#blocked = !this.#socket.write(encodeState(this.#sent, section)) || this.#blocked;
  }

  /** Closes if nothing was heard for so long. */
  closeIfSilent(limitMs: number): void {
    if (this.#clock.monotonicMs() - this.#heardMs > limitMs) this.drop(`nothing was heard for ${limitMs / 1000} s`);
  }

  /** Ends with a sentence that the slave shows. */
  refuse(sentence: string): void {
    if (this.#phase === 'closed') return;
    this.#socket.write([encodeText(frameTypes.refused, sentence)]);
    this.#logger.warn('Refused a slave', { slave: this.address || this.#socket.remote.host, reason: sentence });
    this.#end();
    this.#socket.end();
  }

  drop(reason: string): false {
    if (this.#phase === 'closed') return false;
    this.#logger.warn('Closed the connection of a slave', { slave: this.address || this.#socket.remote.host, reason });
    this.#end();
    this.#socket.destroy();
    return false;
  }

  #closed(reason: NetworkError | undefined): void {
    if (this.#phase === 'closed') return;
    this.#logger.info('A slave is gone', { slave: this.address, brokerId: this.brokerId, reason: reason?.error });
    this.#end();
  }

  #end(): void {
    this.#phase = 'closed';
    this.#master.left(this);
  }
}

function whyNotHere(position: number, minPosition: number, endPosition: number): string {
  const remedy = 'nothing was changed; start it with an empty storePathRootDir, and it fetches everything';
  if (position > endPosition) {
    return `the slave's log ends at ${position}, but the master's at ${endPosition}: it holds what this master does not have, so one of them has another history; ${remedy}`;
  }
  if (position < minPosition) {
    return `the slave's log ends at ${position}, and the master has deleted everything before ${minPosition}; nothing was changed; start it with an empty storePathRootDir, and it begins there`;
  }
  return `the slave's log is not the same as the master's before position ${position}: it has another history, or another cluster's data; ${remedy}`;
}
