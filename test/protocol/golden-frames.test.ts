import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requestName } from '../../src/protocol/codes.ts';
import { FieldError } from '../../src/protocol/field-error.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { ReceivedCommand } from '../../src/protocol/received-command.ts';
import { type ExtFields, SERIALIZE_JSON, SERIALIZE_ROCKETMQ } from '../../src/protocol/remoting-command.ts';
import type { CommandDefinition } from '../../src/protocol/schema.ts';
import { decodeOne, meaning, type Recording, readRecordings } from './recordings.ts';

const recordings = readRecordings();

/** Keys that any request may carry beside those of its header class. */
const COMMON_KEYS = new Set(['ns', 'nsd', 'bname', 'oway', 'lo', 'n', 'ReqT']);

async function readDefinitions(): Promise<ReadonlyMap<number, CommandDefinition<object, object>>> {
  const directory = new URL('../../src/protocol/command/', import.meta.url).pathname;
  const definitions = new Map<number, CommandDefinition<object, object>>();
  for (const file of readdirSync(directory)) {
    const module: Record<string, unknown> = await import(`${directory}${file}`);
    for (const exported of Object.values(module)) {
      const definition = exported as CommandDefinition<object, object>;
      if (typeof definition.decodeRequest === 'function') definitions.set(definition.code, definition);
    }
  }
  return definitions;
}

const definitions = await readDefinitions();

function describeFrame(recording: Recording): string {
  return `${recording.file} ${recording.session} ${recording.type} ${requestName(recording.req_code ?? recording.code)} opaque ${recording.opaque}`;
}

describe('recorded frames', () => {
  it('are there, of both versions and both header encodings', () => {
    const kinds = new Set(recordings.map(({ file, serialize }) => `${file.slice(0, 3)} ${serialize}`));
    expect([...kinds].sort()).toEqual(['4.9 JSON', '4.9 ROCKETMQ', '5.3 JSON', '5.3 ROCKETMQ']);
    expect(recordings.length).toBeGreaterThan(300);
  });

  it('decode to what the recording says', () => {
    for (const recording of recordings) {
      const command = decodeOne(Buffer.from(recording.frame_base64, 'base64'));
      const { code, language, version, opaque, flag, remark, extFields, body } = command;
      expect(
        { code, language, version, opaque, flag, remark, extFields: { ...extFields }, bodyBytes: body.length },
        describeFrame(recording),
      ).toEqual({
        code: recording.code,
        language: recording.language,
        version: recording.version,
        opaque: recording.opaque,
        flag: recording.flag,
        remark: recording.remark ?? undefined,
        extFields: recording.extFields ?? {},
        bodyBytes: recording.body_len,
      });
      expect(command.serializeType).toBe(recording.serialize === 'JSON' ? SERIALIZE_JSON : SERIALIZE_ROCKETMQ);
    }
  });

  it('keep their meaning when they are encoded again, in either header encoding', () => {
    for (const recording of recordings) {
      const command = decodeOne(Buffer.from(recording.frame_base64, 'base64'));
      for (const serializeType of [SERIALIZE_JSON, SERIALIZE_ROCKETMQ] as const) {
        const header = { ...command, serializeType, extFields: command.extFields };
        const again = decodeOne(Buffer.concat(encodeFrame(header, [command.body])));
        expect(meaning(again, isAbsent(serializeType)), describeFrame(recording)).toEqual(
          meaning(command, isAbsent(serializeType)),
        );
      }
    }
  });
});

describe('recorded headers', () => {
  it('of requests decode to types and back, nothing lost but what every request may carry', () => {
    let checked = 0;
    for (const recording of recordings) {
      const definition = recording.type === 'response' ? undefined : definitions.get(recording.code);
      if (definition === undefined) continue;
      const fields = decodeOne(Buffer.from(recording.frame_base64, 'base64')).extFields;
      const request = definition.decodeRequest(fields);
      if (request instanceof FieldError) throw new Error(`${describeFrame(recording)}: ${request.message}`);
      expectKept(fields, definition.encodeRequest(request), describeFrame(recording));
      checked++;
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('of successful responses decode to types and back', () => {
    let checked = 0;
    for (const recording of recordings) {
      const definition = recording.type === 'response' ? definitions.get(recording.req_code ?? -1) : undefined;
      if (definition === undefined || recording.code !== 0) continue;
      const fields = decodeOne(Buffer.from(recording.frame_base64, 'base64')).extFields;
      const response = definition.decodeResponse(fields);
      if (response instanceof FieldError) throw new Error(`${describeFrame(recording)}: ${response.message}`);
      expectKept(fields, definition.encodeResponse(response), describeFrame(recording));
      checked++;
    }
    expect(checked).toBeGreaterThan(80);
  });

  it('of sends are read from the bytes as the general way reads them', () => {
    let fast = 0;
    for (const recording of recordings) {
      const definition = definitions.get(recording.code);
      if (recording.type === 'response' || definition === undefined || ![310, 320].includes(recording.code)) continue;
      const command = decodeOne(Buffer.from(recording.frame_base64, 'base64'));
      expect(command).toBeInstanceOf(ReceivedCommand);
      expect(command.sendRequest, describeFrame(recording)).toBeDefined();
      expect({ ...command.sendRequest }).toEqual(definition.decodeRequest(command.extFields));
      fast++;
    }
    expect(fast).toBeGreaterThan(8);
  });
});

/** The binary header cannot tell an empty value from an absent one. */
function isAbsent(serializeType: number): (value: string) => boolean {
  return (value) => serializeType === SERIALIZE_ROCKETMQ && value === '';
}

/** `before` and `after` agree in every field that `after` has; what `before` has alone may only be common to all requests. */
function expectKept(before: ExtFields, after: ExtFields, frame: string): void {
  for (const [key, value] of Object.entries(before)) {
    if (!COMMON_KEYS.has(key)) expect({ [key]: after[key] }, frame).toEqual({ [key]: value });
  }
}
