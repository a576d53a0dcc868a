import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StoredRecord } from '../../../src/protocol/message/record-reader.ts';
import type { Programs } from './group.ts';
import { ourPrograms, stockPrograms } from './programs.ts';
import type { Report } from './report.ts';
import { type Ending, StoreBroker } from './store-broker.ts';
import { type Outgoing, queueCount, StoreClient, scheduleTopic } from './store-client.ts';

const messagesPerRound = 240;
/** So that a key has fewer messages than the 64 that a query asks for. */
const keyCount = 30;
const delayLevel = 9;
const settleTimeoutMs = 10_000;

/** All that a reader sees of a directory: whole records by queue, places by key, a filtered queue, a delayed message, committed offsets. */
type View = {
  readonly queues: readonly (readonly string[])[];
  readonly keys: Readonly<Record<string, readonly number[]>>;
  readonly filtered: readonly string[];
  readonly delayed: readonly string[];
  readonly offsets: readonly number[];
};

/** A directory goes back and forth between our broker and RocketMQ's of one version, closed in order or killed; each must read what the other wrote. */
export async function storeSuite(repository: string, report: Report, version: string, keep: boolean): Promise<void> {
  const ours = await ourPrograms(repository);
  const stock = await stockPrograms(repository, version);
  for (const ending of ['clean', 'killed'] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'ledgermq-store-'));
    try {
      await new Exchange(report, `store ${version} ${ending}`, folder, ending).run(ours, stock);
    } finally {
      if (keep) console.log(`logs and data are kept in ${folder}`);
      else rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  }
}

class Exchange {
  readonly #report: Report;
  readonly #name: string;
  readonly #folder: string;
  readonly #ending: Ending;
  /** What was acknowledged, by queue. */
  readonly #sent: Outgoing[][] = Array.from({ length: queueCount }, () => []);
  #delayed = 0;
  #stock: Programs | undefined;
  #offsetsKept = true;
  #rounds = 0;

  constructor(report: Report, name: string, folder: string, ending: Ending) {
    this.#report = report;
    this.#name = name;
    this.#folder = folder;
    this.#ending = ending;
  }

  async run(ours: Programs, stock: Programs): Promise<void> {
    this.#stock = stock;
    const written = await this.#turn(ours, 'ours-1', undefined, true);
    // What is derived is written behind, so a kill may leave nothing of it.
    if (this.#ending === 'clean') this.#check('several files of each kind were written here', this.#filesProblem());
    const both = await this.#turn(stock, 'stock-1', written, true);
    const three = await this.#turn(ours, 'ours-2', both, true);
    await this.#turn(stock, 'stock-2', three, false);
  }

  #check(what: string, complaints: readonly string[]): void {
    this.#report.check(`${this.#name}: ${what}`, complaints);
  }

  #filesProblem(): string[] {
    const count = (path: string) => readdirSync(join(this.#folder, 'store', path)).length;
    const few = ['commitlog', 'index', 'consumequeue/StoreTopic/0'].filter((path) => count(path) < 2);
    return few.map((path) => `${path} holds fewer than two files`);
  }

  /** One broker opens the directory, must see what the last one saw, perhaps writes, and ends. */
  async #turn(programs: Programs, name: string, before: View | undefined, writes: boolean): Promise<View> {
    const byUs = programs !== this.#stock;
    const broker = await StoreBroker.start(programs, this.#folder, name);
    const client = new StoreClient(broker.address);
    if (before === undefined) await client.createTopic();
    else this.#check(`${name} reads everything equal`, difference(before, await this.#look(client), this.#offsetsKept));
    if (writes) await this.#write(client);
    if (byUs && this.#ending === 'killed') await this.#writeBehind(client);
    const after = await this.#look(client);
    if (writes) this.#check(`${name} reads what it acknowledged`, this.#complaints(after));
    await broker.end(this.#ending);
    // RocketMQ keeps offsets in memory for some seconds; ours are in the file when they are answered.
    this.#offsetsKept = byUs || this.#ending === 'clean';
    return after;
  }

  /**
   * Waits until queues are in their files, then sends a little more that is in the log alone. (4.9 would deliver a delayed message at once whose queue unit is
   * missing: it recovers before it knows its delay levels.)
   */
  async #writeBehind(client: StoreClient): Promise<void> {
    const endAt = Date.now() + settleTimeoutMs;
    while (!existsSync(join(this.#folder, 'store/consumequeue', scheduleTopic, String(delayLevel - 1)))) {
      if (Date.now() > endAt) throw new Error('no consume queue was written');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (let i = 0; i < 20; i++) await this.#send(client, [outgoing(this.#rounds, 3000 + i)]);
  }

  async #write(client: StoreClient): Promise<void> {
    const round = this.#rounds++;
    for (let i = 0; i < messagesPerRound; i++) {
      const message = outgoing(round, i);
      if (i % 40 !== 39) await this.#send(client, [message]);
      else await this.#send(client, [message, outgoing(round, 1000 + i), outgoing(round, 2000 + i)], true);
    }
    await client.send({ queueId: 0, body: Buffer.from('later'), properties: { DELAY: String(delayLevel) } });
    this.#delayed++;
    for (let queueId = 0; queueId < queueCount; queueId++) {
      await client.commitOffset(queueId, (round + 1) * 10 + queueId);
    }
  }

  async #send(client: StoreClient, messages: readonly Outgoing[], batch = false): Promise<void> {
    const [first] = messages;
    if (first === undefined) return;
    if (batch) await client.sendBatch(first.queueId, messages);
    else await client.send(first);
    this.#sent[first.queueId]?.push(...messages);
  }

  /** RocketMQ derives queues and index a little after its answer: looks until both have caught up, or the time is over. */
  async #look(client: StoreClient): Promise<View> {
    const endAt = Date.now() + settleTimeoutMs;
    for (;;) {
      const view = await lookOnce(client);
      if (this.#complaints(view).length === 0 || Date.now() > endAt) return view;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  #complaints(view: View): string[] {
    const complaints: string[] = [];
    const same = (what: string, seen: unknown, expected: unknown) => {
      if (!isDeepStrictEqual(seen, expected)) complaints.push(`${what} differ from what was acknowledged`);
    };
    this.#sent.forEach((messages, queueId) => {
      const bodies = (view.queues[queueId] ?? []).map((record) => bodyOf(record));
      same(
        `bodies of queue ${queueId} (${bodies.length} of ${messages.length})`,
        bodies,
        messages.map(({ body }) => body.toString('hex')),
      );
    });
    for (let key = 0; key < keyCount; key++) {
      const count = this.#sent.flat().filter(({ properties }) => properties['KEYS']?.startsWith(`K${key} `)).length;
      same(
        `messages found by key K${key} (${view.keys[`K${key}`]?.length} of ${count})`,
        view.keys[`K${key}`]?.length,
        count,
      );
    }
    same(
      'messages with TagA',
      view.filtered.length,
      this.#sent[0]?.filter(({ properties }) => properties['TAGS'] === 'TagA').length,
    );
    same('delayed messages', view.delayed.length, this.#delayed);
    const offsets = Array.from({ length: queueCount }, (_, queueId) => this.#rounds * 10 + queueId);
    same(`committed offsets (${view.offsets})`, view.offsets, offsets);
    return complaints;
  }
}

function outgoing(round: number, i: number): Outgoing {
  const size = i % 60 === 7 ? 20_000 : (i * 37) % 3_000;
  return {
    queueId: [0, 0, 0, 1, 1, 2, 0, 3][i % 8] ?? 0,
    body: Buffer.from(`${round}/${i} ${'x'.repeat(size)}`),
    properties: {
      UNIQ_KEY:
        `7F00000100002A9F${round.toString(16).padStart(8, '0')}${i.toString(16).padStart(8, '0')}`.toUpperCase(),
      KEYS: `K${i % keyCount} order-${round}-${i}`,
      ...(i % 3 === 0 ? {} : { TAGS: i % 3 === 1 ? 'TagA' : 'étiquette' }),
      'naïve 名前': `värde ${i}`,
    },
  };
}

async function lookOnce(client: StoreClient): Promise<View> {
  const ids = Array.from({ length: queueCount }, (_, queueId) => queueId);
  const texts = (records: readonly StoredRecord[]) => records.map((record) => textOf(record));
  const keys: Record<string, number[]> = {};
  for (const key of [...Array.from({ length: keyCount }, (_, i) => `K${i}`), 'order-0-7', 'order-1-39']) {
    keys[key] = (await client.queryByKey(key)).map(({ position }) => position).sort((a, b) => a - b);
  }
  const queues: string[][] = [];
  const offsets: number[] = [];
  for (const queueId of ids) {
    queues.push(texts(await client.readQueue('StoreTopic', queueId)));
    offsets.push(await client.committedOffset(queueId));
  }
  const filtered = texts(await client.readQueue('StoreTopic', 0, 'TagA'));
  const delayed = texts(await client.readQueue(scheduleTopic, delayLevel - 1));
  return { queues, keys, filtered, delayed, offsets };
}

/** Every field of a record, the body last. */
function textOf({ body, bornHost, storeHost, ...fields }: StoredRecord): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return JSON.stringify([fields, hex(bornHost), hex(storeHost), hex(body)]);
}

const bodyOf = (text: string) => (JSON.parse(text) as unknown[])[3];

function difference(before: View, now: View, withOffsets: boolean): string[] {
  const complaints: string[] = [];
  for (const part of ['keys', 'filtered', 'delayed', 'offsets'] as const) {
    if (part === 'offsets' && !withOffsets) continue;
    if (!isDeepStrictEqual(before[part], now[part]))
      complaints.push(`${part}: ${JSON.stringify(now[part]).slice(0, 400)}`);
  }
  before.queues.forEach((records, queueId) => {
    const seen = now.queues[queueId] ?? [];
    const at = records.findIndex((record, index) => record !== seen[index]);
    if (at >= 0 || seen.length !== records.length) {
      complaints.push(
        `queue ${queueId}: ${seen.length} records for ${records.length}, the first that differs is ${at}`,
      );
    }
  });
  return complaints;
}
