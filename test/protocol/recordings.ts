import { readdirSync, readFileSync } from 'node:fs';
import { FrameDecoder } from '../../src/protocol/frame.ts';
import { FrameError } from '../../src/protocol/frame-error.ts';
import type { ReceivedCommand } from '../../src/protocol/received-command.ts';

/** One frame as a recording proxy saw it between real RocketMQ programs. */
export interface Recording {
  readonly file: string;
  readonly session: string;
  readonly type: 'request' | 'oneway' | 'response';
  readonly code: number;
  /** Of a response: the code of the request that it answers. */
  readonly req_code?: number | null;
  readonly flag: number;
  readonly opaque: number;
  readonly language: string;
  readonly version: number;
  readonly remark?: string | null;
  readonly extFields?: Readonly<Record<string, string>> | null;
  readonly serialize: 'JSON' | 'ROCKETMQ';
  readonly body_len: number;
  readonly frame_base64: string;
}

/** Recordings to check: those of the repository, or all below WIRE_RECORDINGS if that is set. */
export function readRecordings(): Recording[] {
  const directory = process.env['WIRE_RECORDINGS'] ?? new URL('../fixture/wire', import.meta.url).pathname;
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((file) =>
      readFileSync(`${directory}/${file}`, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Recording => ({ session: file, ...JSON.parse(line), file })),
    );
}

/** Decodes bytes that hold exactly one frame. */
export function decodeOne(frame: Buffer): ReceivedCommand {
  const commands: ReceivedCommand[] = [];
  const decoder = new FrameDecoder();
  const error = decoder.push(frame, (command) => commands.push(command));
  if (error instanceof FrameError) throw new Error(error.message);
  if (commands.length !== 1 || decoder.pendingBytes !== 0)
    throw new Error(`${commands.length} frames and ${decoder.pendingBytes} bytes`);
  return commands[0]!;
}

/** What a frame means: its header and body, without how it was encoded. Texts for which `isAbsent` holds are left out. */
export function meaning(command: ReceivedCommand, isAbsent: (value: string) => boolean = () => false): object {
  const { code, language, version, opaque, flag, body } = command;
  const remark = isAbsent(command.remark ?? '') ? undefined : command.remark;
  const extFields = Object.fromEntries(Object.entries(command.extFields).filter(([, value]) => !isAbsent(value)));
  return { code, language, version, opaque, flag, remark, extFields, body: body.toString('base64') };
}
