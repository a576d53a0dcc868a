import type { Address, Platform, Socket } from '../../../src/platform/ports.ts';
import { Lane } from './lane.ts';
import type { Direction, LinkQualities } from './link.ts';

/** One connection through the proxy: the accepted socket, the dialed one, and a lane for each direction. */
export class ProxiedConnection {
  readonly #platform: Platform;
  readonly #target: Address;
  readonly #accepted: Socket;
  readonly #onGone: () => void;
  readonly #out: Lane;
  #in: Lane | undefined;
  #dialed: Socket | undefined;
  #cut: ReadonlySet<Direction> = new Set();
  #qualities: LinkQualities;
  /** Sockets that have not closed yet. */
  #open = 1;

  constructor(platform: Platform, target: Address, accepted: Socket, qualities: LinkQualities, onGone: () => void) {
    this.#platform = platform;
    this.#target = target;
    this.#accepted = accepted;
    this.#qualities = qualities;
    this.#onGone = onGone;
    this.#out = new Lane(platform, accepted);
    accepted.setHandlers({
      onData: (chunk) => this.#out.arrived(chunk),
      onDrain: () => this.#in?.drained(),
      onClose: (reason) => this.#closed(this.#out, reason === undefined),
    });
  }

  /** The link is like this from now on; a connection whose handshake could not pass is dialed when nothing is cut any more. */
  set(cut: ReadonlySet<Direction>, qualities: LinkQualities): void {
    this.#cut = cut;
    this.#qualities = qualities;
    if (this.#dialed === undefined && cut.size === 0) this.#dial();
    this.#out.set(cut.has('out'), qualities.out);
    this.#in?.set(cut.has('in'), qualities.in);
  }

  /** Both sides see their connection break. */
  reset(): void {
    this.#out.drop();
    this.#in?.drop();
    this.#accepted.destroy();
    this.#dialed?.destroy();
  }

  #dial(): void {
    const dialed = this.#platform.network.connect(this.#target, {
      onOpen: () => this.#out.openTo(dialed),
      onData: (chunk) => back.arrived(chunk),
      onDrain: () => this.#out.drained(),
      onClose: (reason) => this.#closed(back, reason === undefined),
    });
    const back = new Lane(this.#platform, dialed);
    this.#dialed = dialed;
    this.#in = back;
    this.#open++;
    back.openTo(this.#accepted);
    back.set(this.#cut.has('in'), this.#qualities.in);
  }

  #closed(lane: Lane, inOrder: boolean): void {
    this.#open--;
    lane.ended(inOrder);
    // A connection that was never dialed has nobody to tell.
    if (this.#open > 0 && !(lane === this.#out && this.#dialed === undefined)) return;
    this.#out.drop();
    this.#in?.drop();
    this.#onGone();
  }
}
