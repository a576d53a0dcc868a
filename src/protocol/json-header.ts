import { FrameError } from './frame-error.ts';
import type { HeaderStart } from './received-command.ts';
import { ReceivedCommand } from './received-command.ts';
import { type ExtFields, SERIALIZE_JSON } from './remoting-command.ts';

/** Decodes the JSON header `buffer[from, to)` of a frame, any client's. Text fields of any simple type become texts. */
export function decodeJsonHeader(buffer: Buffer, from: number, to: number, body: Buffer): ReceivedCommand | FrameError {
  let header: unknown;
  try {
    header = JSON.parse(buffer.toString('utf8', from, to));
  } catch {
    return new FrameError('header', 'the header is not JSON');
  }
  if (!isObject(header)) return new FrameError('header', 'the header is not a JSON object');
  const code = header['code'];
  const opaque = header['opaque'];
  const flag = header['flag'] ?? 0;
  const version = header['version'] ?? 0;
  if (!isInt32(code)) return new FrameError('header', 'the header has no whole number as code');
  if (!isInt32(opaque)) return new FrameError('header', 'the header has no whole number as opaque');
  if (!isInt32(flag)) return new FrameError('header', 'flag is not a whole number');
  if (!isInt32(version)) return new FrameError('header', 'version is not a whole number');
  const fields = textFields(header['extFields']);
  if (fields === undefined) return new FrameError('header', 'extFields is not an object');
  const start: HeaderStart = {
    code,
    language: typeof header['language'] === 'string' ? header['language'] : 'OTHER',
    version,
    opaque,
    flag,
    remark: typeof header['remark'] === 'string' ? header['remark'] : undefined,
  };
  return ReceivedCommand.parsed(start, SERIALIZE_JSON, fields, body);
}

/** The text fields of the object `bytes[from, to)`, which is known to be valid JSON. */
export function parseTextFields(bytes: Buffer, from: number, to: number): ExtFields {
  return textFields(JSON.parse(bytes.toString('utf8', from, to))) ?? {};
}

/** The JSON text of a header, keys in Java's order. `extFields` is always there, since Java clients read it without a check. */
export function jsonHeaderText(start: HeaderStart, fields: ExtFields): string {
  const remark = start.remark === undefined ? '' : `,"remark":${JSON.stringify(start.remark)}`;
  return (
    `{"code":${start.code},"extFields":${JSON.stringify(fields)},"flag":${start.flag},"language":${JSON.stringify(start.language)},` +
    `"opaque":${start.opaque}${remark},"serializeTypeCurrentRPC":"JSON","version":${start.version}}`
  );
}

function textFields(value: unknown): ExtFields | undefined {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return undefined;
  for (const key in value) {
    const field = value[key];
    if (typeof field === 'string') continue;
    if (field === null) delete value[key];
    else value[key] = typeof field === 'object' ? JSON.stringify(field) : String(field);
  }
  return value as ExtFields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
