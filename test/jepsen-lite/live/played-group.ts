import { DrillClients } from '../../../jepsen-lite/drill/run/drill-clients.ts';
import { LiveJudge } from '../../../jepsen-lite/live/chaos/client-judge.ts';
import { DledgerWorld } from '../../cluster/dledger/dledger-world.ts';

const LOAD_MS = 2_000;
const MEMBERS = ['n0', 'n1', 'n2'] as const;

/** A sound group of three in virtual time, to which clients have sent for a while: what the end of a run is given. */
export class PlayedGroup {
  readonly clients: DrillClients;
  readonly judge: LiveJudge;
  readonly addresses: readonly string[];
  readonly #group: DledgerWorld;

  private constructor(group: DledgerWorld) {
    const nowMs = (): number => group.world.nowMs;
    this.#group = group;
    this.judge = new LiveJudge(nowMs);
    this.addresses = MEMBERS.map((name) => `${group.ip(name)}:30911`);
    this.clients = new DrillClients({
      platform: group.client,
      judge: this.judge,
      nameServer: 'ns:9876',
      load: { rate: 50, senders: 2, bodyBytes: 64, sendTimeoutMs: 3_000 },
      server: 'ledgermq',
      seed: 1,
      topic: 'T',
      nowMs,
    });
  }

  static async play(): Promise<PlayedGroup> {
    const played = new PlayedGroup(await DledgerWorld.serving());
    played.clients.start();
    await played.#group.world.run(LOAD_MS);
    return played;
  }

  get platform() {
    return this.#group.client;
  }

  /** A message that was acknowledged, as a client says, and is nowhere. */
  addGhost(): void {
    const { history } = this.clients;
    const nowNs = this.clients.nowNs();
    history.ok(history.invoke(this.clients.newProcess(), 'append', 'T/0', '#ghost', nowNs, ''), nowNs + 1, 1_000_000);
  }

  /** Lets virtual time go on until it has come to its end, which may take so long. */
  async settle<Result>(promise: Promise<Result>, mostMs = 60_000): Promise<Result> {
    return await this.#group.world.settle(promise, mostMs);
  }
}
