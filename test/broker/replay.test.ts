import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Socket } from '../../src/platform/ports.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { parseFastjson } from '../../src/protocol/fastjson.ts';
import { FrameDecoder } from '../../src/protocol/frame.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { requestName } from '../../src/protocol/request-code.ts';
import { BrokerWorld } from './broker-world.ts';

/** One recorded request to a stock broker, and what it answered. */
interface Recorded {
  readonly session: string;
  readonly code: number;
  readonly type: 'request' | 'oneway';
  /** The whole frame in base64. */
  readonly frame: string;
  readonly answer?: { readonly code: number; readonly fields: readonly string[]; readonly bodyText?: string };
}

function recorded(version: string): Recorded[] {
  const file = new URL(`../fixture/broker-replay/${version}.jsonl`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Recorded);
}

/** A client that writes recorded bytes as they are. */
class RawClient {
  readonly #world: BrokerWorld;
  readonly #decoder = new FrameDecoder();
  readonly #socket: Socket;
  readonly answers: RemotingCommand[] = [];

  constructor(world: BrokerWorld) {
    this.#world = world;
    this.#socket = world.clientPlatform.network.connect(
      { host: 'broker', port: 10911 },
      {
        onData: (chunk) => {
          this.#decoder.push(chunk, (command) => {
            if ((command.flag & 1) !== 0) this.answers.push(command);
          });
        },
        onClose: () => {},
      },
    );
  }

  async ask(frame: Buffer): Promise<RemotingCommand | undefined> {
    const before = this.answers.length;
    this.#socket.write([frame]);
    await this.#world.world.run(5);
    return this.answers[before];
  }

  close(): void {
    this.#socket.end();
  }
}

function memberNames(text: string): string[] | undefined {
  const value = parseFastjson(text);
  return value instanceof BodyError || typeof value !== 'object' || value === null || Array.isArray(value)
    ? undefined
    : Object.keys(value).sort();
}

/** Wall time of the recordings: some requests look for messages by time. */
const RECORDED_AT_MS = { '4.9.5': 1_795_334_680_000, '5.3.3': 1_795_335_195_000 } as const;

/** What of an answer is compared with the recorded one. */
interface Shape {
  readonly code: number;
  readonly fields: readonly string[];
  readonly members: readonly string[] | undefined;
}

describe('requests recorded with a stock broker', () => {
  async function replay(
    version: keyof typeof RECORDED_AT_MS,
    differs: (ours: Shape, theirs: Shape) => boolean,
  ): Promise<string[]> {
    const world = await BrokerWorld.start();
    world.brokerPlatform.clock.wallOffsetMs = RECORDED_AT_MS[version];
    const clients = new Map<string, RawClient>();
    const differences: string[] = [];
    for (const { session, code, type, frame, answer } of recorded(version)) {
      if (!clients.has(session)) for (const client of clients.values()) client.close();
      const client = clients.get(session) ?? new RawClient(world);
      clients.set(session, client);
      const got = await client.ask(Buffer.from(frame, 'base64'));
      const ours = got && { ...shapeOf(got.code, Object.keys(got.extFields), got.body.toString()), remark: got.remark };
      const theirs = answer && shapeOf(answer.code, answer.fields, answer.bodyText ?? '');
      const same = type === 'oneway' ? got === undefined : ours && theirs && !differs(ours, theirs);
      if (!same)
        differences.push(
          `${session} ${requestName(code)}: ${JSON.stringify(ours)}, recorded ${JSON.stringify(theirs)}`,
        );
    }
    return differences;
  }

  test('5.3.3: the same codes, header fields and body members', async () => {
    expect(await replay('5.3.3', (ours, theirs) => shapeText(ours) !== shapeText(theirs))).toEqual([]);
  });

  test('4.9.5: the same codes, and at least its header fields and body members', async () => {
    const lacks = (ours: readonly string[] = [], theirs: readonly string[] = []): boolean =>
      theirs.some((name) => !ours.includes(name));
    const differs = (ours: Shape, theirs: Shape): boolean =>
      ours.code !== theirs.code || lacks(ours.fields, theirs.fields) || lacks(ours.members, theirs.members);
    expect(await replay('4.9.5', differs)).toEqual([]);
  });
});

function shapeOf(code: number, fields: readonly string[], body: string): Shape {
  return { code, fields: [...fields].sort(), members: memberNames(body) };
}

function shapeText({ code, fields, members }: Shape): string {
  return JSON.stringify({ code, fields, members });
}
