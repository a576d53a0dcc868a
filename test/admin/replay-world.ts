import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mqadmin } from '../../src/admin/mqadmin.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { RemotingServer } from '../../src/remoting/server.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';

const fixtures = new URL('../fixture/mqadmin/5.3.3/', import.meta.url);

/** Where the recorded servers listened, by the name that recordings have for them. */
const PORTS = { namesrv: 9876, broker: 10911, controller: 9878, 'broker-0': 30911, 'broker-1': 30921 } as const;
const HIGHEST_CODE = 1_100;

/** One request of RocketMQ's own mqadmin with the answer of a real name server or broker. */
interface Exchange {
  readonly via: keyof typeof PORTS;
  readonly code: number;
  readonly extFields: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly response?: {
    readonly code: number;
    readonly remark?: string;
    readonly extFields?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly body_base64?: string;
  };
}

export interface Ran {
  readonly exitCode: number;
  readonly printed: string;
  readonly errors: string;
  /** Requests that the recording has no answer for. */
  readonly strange: readonly string[];
  /** Codes of the requests that changed or asked something, in their order. */
  readonly codes: readonly number[];
}

/** What RocketMQ's mqadmin printed, without the command line at its top. */
export function goldenText(session: string): string {
  const text = readFileSync(new URL(`${session}.txt`, fixtures), 'utf8');
  return text.slice(text.indexOf('\n') + 1);
}

/** The command line at the top of a golden text. */
export function goldenCommand(session: string): string[] {
  const [first = ''] = readFileSync(new URL(`${session}.txt`, fixtures), 'utf8').split('\n', 1);
  return first.replace('$ mqadmin', '').trim().split(/\s+/);
}

/** Runs a command against servers that answer as they did when a session was recorded. */
export async function replay(session: string, argv: readonly string[], nowMs = 0): Promise<Ran> {
  const world = new VirtualWorld(1);
  const platform = world.start('machine');
  const exchanges = readFileSync(new URL(`${session}.jsonl`, fixtures), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exchange);
  const strange: string[] = [];
  const codes: number[] = [];
  for (const [via, port] of Object.entries(PORTS)) {
    const own = exchanges.filter((each) => each.via === via);
    const dispatcher = new Dispatcher(platform);
    for (let code = 0; code < HIGHEST_CODE; code++) {
      dispatcher.register(code, (context) => {
        codes.push(code);
        answer(context, own, strange);
      });
    }
    new RemotingServer({ platform, dispatcher }).listen({ host: '127.0.0.1', port }, () => {});
  }
  await world.run(1);
  platform.clock.wallOffsetMs += nowMs - platform.clock.nowMs();
  const ran = await run(world, platform, argv);
  return { ...ran, strange, codes };
}

function answer(context: RequestContext, own: Exchange[], strange: string[]): void {
  const { code, extFields } = context.command;
  const fits = (each: Exchange): boolean =>
    each.code === code && Object.entries(each.extFields).every(([key, value]) => (extFields[key] ?? value) === value);
  const found = own.find(fits);
  if (found?.response === undefined) {
    strange.push(`${code} ${JSON.stringify(extFields)}`);
    context.reply(ResponseCode.SYSTEM_ERROR, 'nobody asked that when the session was recorded');
    return;
  }
  const { response } = found;
  const { body = '', body_base64: base64 } = response;
  const bytes = base64 === undefined ? Buffer.from(body) : Buffer.from(base64, 'base64');
  context.reply(response.code, response.remark, response.extFields, [bytes]);
}

/** Runs a command line on a machine of a virtual world; bodies of messages go to a folder that is removed. */
export async function run(world: VirtualWorld, platform: Platform, argv: readonly string[], nameServers?: string) {
  const out = { printed: '', errors: '' };
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-admin-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const ending = mqadmin(argv, {
      platform: () => platform,
      nameServers,
      print: (text) => {
        out.printed += text;
      },
      printError: (text) => {
        out.errors += text;
      },
    });
    const exitCode = await world.settle(ending);
    return { exitCode, printed: out.printed.replaceAll(folder, '/tmp'), errors: out.errors };
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
