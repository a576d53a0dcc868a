import type { Platform } from '../../../src/platform/ports.ts';
import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import { getBrokerRuntimeInfo } from '../../../src/protocol/command/get-broker-runtime-info.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';

/** One connection to a broker, on which it answered: it tells when its process ends, also where another one takes its place at once, and whether it goes on answering. */
export class Pulse {
  /** Resolves when the connection is gone. */
  readonly ended: Promise<void>;
  /** It is gone. */
  isEnded = false;
  readonly #remoting: RemotingClient;
  readonly #address: string;

  private constructor(platform: Platform, address: string) {
    let end: () => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#address = address;
    const onClosed = (): void => {
      this.isEnded = true;
      end();
    };
    this.#remoting = new RemotingClient({ platform, onClosed });
  }

  /** Undefined where nobody answers there in time. */
  static async feel(platform: Platform, address: string, timeoutMs: number): Promise<Pulse | undefined> {
    const pulse = new Pulse(platform, address);
    if (await pulse.answers(timeoutMs)) return pulse;
    pulse.close();
    return undefined;
  }

  /** Does it answer a request in time, whatever it says? */
  async answers(timeoutMs: number): Promise<boolean> {
    return (await this.#ask(timeoutMs)) !== undefined;
  }

  /** Up to where it knows its log to be confirmed, bytes [commitLogMaxOffset]; undefined where it does not tell it in time. */
  async confirmedEnd(timeoutMs: number): Promise<number | undefined> {
    const info = kvTable.decode((await this.#ask(timeoutMs))?.body ?? Buffer.alloc(0));
    const text = info instanceof Error ? undefined : info.table.get('commitLogMaxOffset');
    return text === undefined ? undefined : Number(text);
  }

  close(): void {
    this.#remoting.close();
  }

  async #ask(timeoutMs: number) {
    if (this.isEnded) return undefined;
    const answer = await this.#remoting.request(this.#address, getBrokerRuntimeInfo.code, {}, { timeoutMs });
    return typeof answer === 'string' ? undefined : answer;
  }
}
