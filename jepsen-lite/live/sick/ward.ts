import type { Address, Listener, Platform, Socket } from '../../../src/platform/ports.ts';
import { type Ailments, healthy } from './ailments.ts';

/** What a patient says when it connects, one JSON text and a line's end: its name. */
export interface Admission {
  readonly name: string;
}

/**
 * The run's end of the connections to its patients: tells each what ails it. A patient whose connection closes is healthy again, so that nobody stays
 * sick when the run dies.
 */
export class Ward {
  readonly #platform: Platform;
  readonly #patients = new Map<string, Socket>();
  readonly #ailments = new Map<string, Ailments>();
  #listener: Listener | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Opens on a free port of `host`; resolves with the address that patients have to be given. */
  open(host: string): Promise<Address> {
    return new Promise((resolve, reject) => {
      this.#platform.network.listen(
        { host, port: 0 },
        (socket) => this.#accept(socket),
        (result) => {
          if ('error' in result) {
            reject(new Error(`faults inside the brokers need a port, and there is none: ${result.error}`));
            return;
          }
          this.#listener = result;
          resolve(result.address);
        },
      );
    });
  }

  /** Names of the patients that listen. */
  get present(): readonly string[] {
    return [...this.#patients.keys()];
  }

  /** This ails the patient from now on, on top of nothing else; a patient that starts later hears it at its start. */
  tell(name: string, ailments: Partial<Ailments>): void {
    const all = { ...healthy, ...ailments };
    this.#ailments.set(name, all);
    const socket = this.#patients.get(name);
    if (socket !== undefined) say(socket, all);
  }

  healAll(): void {
    for (const name of this.#ailments.keys()) this.tell(name, {});
  }

  close(): void {
    this.#listener?.close();
    for (const socket of this.#patients.values()) socket.destroy();
  }

  #accept(socket: Socket): void {
    let text = '';
    let name: string | undefined;
    socket.setHandlers({
      onData: (chunk) => {
        text += chunk.toString();
        if (name !== undefined || !text.includes('\n')) return;
        name = (JSON.parse(text) as Admission).name;
        this.#patients.set(name, socket);
        say(socket, this.#ailments.get(name) ?? healthy);
      },
      onClose: () => {
        if (name !== undefined && this.#patients.get(name) === socket) this.#patients.delete(name);
      },
    });
  }
}

function say(socket: Socket, ailments: Ailments): void {
  socket.write([Buffer.from(`${JSON.stringify(ailments)}\n`)]);
}

/** The patient's end: connects over its real platform, and hears from then on what ails it. */
export function admit(real: Platform, ward: Address, admission: Admission, ail: (ailments: Ailments) => void): void {
  let text = '';
  const socket = real.network.connect(ward, {
    onOpen: () => socket.write([Buffer.from(`${JSON.stringify(admission)}\n`)]),
    onData: (chunk) => {
      text += chunk.toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) ail(JSON.parse(line) as Ailments);
    },
    onClose: () => ail(healthy),
  });
}
