import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Address, NetworkError, Platform, Socket, Timer } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { FrameReader } from '../raft-storage/frame-reader.ts';
import { proveEnd } from './log-bytes.ts';
import {
  CONTENT_AT,
  decodeJson,
  decodeProgress,
  decodeState,
  encodeAck,
  encodeJson,
  encodeProof,
  frameTypes,
  type Hello,
  isTooShort,
  MAGIC,
  MAX_MASTER_FRAME,
  type Progress,
  TYPE_AT,
  type Welcome,
} from './wire.ts';

export interface MasterLinkEvents {
  welcome(welcome: Welcome): void;
  /** `frame` holds whole records from RECORDS_AT on; false: they were not taken. */
  data(progress: Progress, frame: Buffer): boolean;
  beat(progress: Progress): void;
  state(section: StateSection): void;
  /** The master does not want this slave, and says why; or this slave sees that it cannot follow. Last event. */
  refused(sentence: string): void;
  /** Last event, if `refused` was none. `answered`: whoever is there spoke as a master does. */
  closed(reason: string, answered: boolean): void;
}

/** How often silence is looked for, in parts of the longest one. */
const LOOKS = 4;

/** A slave's connection to its master. */
export class MasterLink {
  readonly #platform: Platform;
  readonly #events: MasterLinkEvents;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #name: string;
  readonly #watch: Timer;
  #heardMs: number;
  #acknowledged = -1;
  #phase: 'welcome' | 'agreeing' | 'stream' | 'closed' = 'welcome';
  #proved: (() => void) | undefined;
  #opened = false;

  constructor(platform: Platform, address: Address, hello: Hello, silenceMs: number, events: MasterLinkEvents) {
    const { clock, timers, network } = platform;
    this.#platform = platform;
    this.#events = events;
    this.#name = formatAddress(address);
    this.#heardMs = clock.monotonicMs();
    this.#reader = new FrameReader(MAX_MASTER_FRAME, (frame) => this.#frame(frame));
    this.#watch = timers.every(silenceMs / LOOKS, () => {
      if (clock.monotonicMs() - this.#heardMs > silenceMs) this.close(`nothing was heard for ${silenceMs / 1000} s`);
    });
    this.#socket = network.connect(address, {
      onOpen: () => {
        this.#opened = true;
      },
      onData: (chunk) => this.#data(chunk),
      onClose: (reason) => this.#onClose(reason),
    });
    this.#socket.write([MAGIC, encodeJson(frameTypes.hello, hello)]);
  }

  #data(chunk: Buffer): void {
    this.#heardMs = this.#platform.clock.monotonicMs();
    const problem = this.#phase === 'closed' ? undefined : this.#reader.push(chunk);
    if (problem !== undefined) this.close(problem);
  }

  #frame(frame: Buffer): boolean {
    if (isTooShort(frame)) return this.close('a frame is shorter than its type allows');
    const type = frame[TYPE_AT];
    if (type === frameTypes.refused)
      return this.giveUp(`the master ${this.#name} refused it: ${frame.toString('utf8', CONTENT_AT)}`);
    if (type === frameTypes.welcome && this.#phase === 'welcome') return this.#onWelcome(frame);
    if (type === frameTypes.proved && this.#proved !== undefined) return this.#onProved(this.#proved);
    if (this.#phase !== 'stream') return this.close(`a frame of type ${type} makes no sense here`);
    if (type === frameTypes.data) return this.#events.data(decodeProgress(frame), frame);
    if (type === frameTypes.beat) this.#events.beat(decodeProgress(frame));
    else if (type === frameTypes.state) this.#events.state(decodeState(frame).section);
    else return this.close(`a frame of type ${type} makes no sense here`);
    return this.#open;
  }

  #onWelcome(frame: Buffer): boolean {
    const welcome = decodeJson<Welcome>(frame);
    if (welcome === undefined) return this.close('its answer cannot be read');
    this.#phase = 'agreeing';
    this.#events.welcome(welcome);
    return this.#open;
  }

  #onProved(proved: () => void): boolean {
    this.#proved = undefined;
    proved();
    return this.#open;
  }

  get #open(): boolean {
    return this.#phase !== 'closed';
  }

  /** `proved`: the master has the same before `position`. If it has not, it refuses. */
  prove(log: SegmentedLog, position: number, proved: () => void): void {
    if (this.#sendProof(frameTypes.prove, log, position)) this.#proved = proved;
  }

  /** The log agrees with the master's as far as it goes: asks for what follows. */
  startAt(log: SegmentedLog): void {
    if (this.#sendProof(frameTypes.start, log, log.endPosition)) this.#phase = 'stream';
  }

  #sendProof(type: number, log: SegmentedLog, position: number): boolean {
    if (this.#phase !== 'agreeing') return false;
    const proof = proveEnd(log, position);
    if (proof === undefined) return this.close('the end of the own log is not written yet');
    this.#socket.write([encodeProof(type, proof)]);
    return true;
  }

  acknowledge(position: number, round: number): void {
    if (this.#phase !== 'stream') return;
    this.#acknowledged = Math.max(this.#acknowledged, position);
    this.#socket.write([encodeAck({ position: this.#acknowledged, round })]);
  }

  /** This slave cannot follow that master; people have to do something. */
  giveUp(sentence: string): false {
    if (!this.#open) return false;
    this.end();
    this.#events.refused(sentence);
    return false;
  }

  close(reason: string): false {
    if (!this.#open) return false;
    const answered = this.#phase !== 'welcome';
    this.end();
    this.#events.closed(`${this.#name}: ${reason}`, answered);
    return false;
  }

  /** Without an event. */
  end(): void {
    this.#phase = 'closed';
    this.#proved = undefined;
    this.#platform.timers.cancel(this.#watch);
    this.#socket.destroy();
  }

  #onClose(reason: NetworkError | undefined): void {
    const why = reason?.error ?? 'it closed the connection';
    if (this.#opened || !this.#open) {
      this.close(why);
      return;
    }
    this.end();
    this.#events.closed(`the master ${this.#name} cannot be reached: ${why}`, true);
  }
}
