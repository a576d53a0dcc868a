import { BodyError } from './body-error.ts';
import type { FastjsonValue } from './fastjson.ts';
import { parseLong } from './field-text.ts';

/** Reads and writes one kind of JSON value. `path` says where in the body, for errors. */
export interface Codec<T> {
  read(value: FastjsonValue, path: string): T;
  /** Compact JSON text. */
  write(value: T): string;
}

/** A member that may be absent. */
export interface OptionalCodec<T> extends Codec<T> {
  readonly absent: 'optional';
}

/** A member whose absence means a value. */
export interface DefaultedCodec<T> extends Codec<T> {
  readonly absent: 'default';
  readonly fallback: T;
}

export type ValueOf<C> = C extends Codec<infer T> ? T : never;

export function optional<T>(codec: Codec<T>): OptionalCodec<T> {
  return { read: codec.read, write: codec.write, absent: 'optional' };
}

export function defaulted<T>(codec: Codec<T>, fallback: NoInfer<T>): DefaultedCodec<T> {
  return { read: codec.read, write: codec.write, absent: 'default', fallback };
}

export const text: Codec<string> = {
  read: (value, path) => (typeof value === 'string' ? value : wrong(path, 'a text')),
  write: (value) => JSON.stringify(value),
};

/** One of Java's enum constants, by its name or, as the C++ client writes it, by its place among `names`. */
export function enumeration(names: readonly string[]): Codec<string> {
  return {
    read: (value, path) =>
      typeof value === 'string'
        ? value
        : ((typeof value === 'number' ? names[value] : undefined) ?? wrong(path, `one of ${names.join(', ')}`)),
    write: (value) => JSON.stringify(value),
  };
}

/** A whole number; digits in quotes are taken too. Java's Long.MAX_VALUE and MIN_VALUE become the limits of safe integers. */
export const whole: Codec<number> = {
  read: (value, path) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    const number = typeof value === 'string' || typeof value === 'bigint' ? parseLong(String(value)) : undefined;
    return number ?? wrong(path, 'a whole number below 2^53');
  },
  write: (value) => String(value),
};

/** A number written with a fraction, as Java writes a double. */
export const double: Codec<number> = {
  read: (value, path) =>
    typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : wrong(path, 'a number'),
  write: (value) => (Number.isInteger(value) ? `${value}.0` : String(value)),
};

export const flag: Codec<boolean> = {
  read: (value, path) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : wrong(path, 'true or false');
  },
  write: String,
};

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    read: (value, path) => arrayOf(value, path).map((item, index) => codec.read(item, `${path}[${index}]`)),
    write: (value) => `[${value.map((item) => codec.write(item)).join(',')}]`,
  };
}

export function set<T>(codec: Codec<T>): Codec<ReadonlySet<T>> {
  const items = list(codec);
  return {
    read: (value, path) => new Set(items.read(value, path)),
    write: (value) => items.write([...value]),
  };
}

/** An object whose member names are data. */
export function map<T>(codec: Codec<T>): Codec<ReadonlyMap<string, T>> {
  return {
    read: (value, path) =>
      new Map(membersOf(value, path).map(([key, member]) => [key, codec.read(member, `${path}.${key}`)])),
    write: (value) => writeMembers([...value].map(([key, member]) => [JSON.stringify(key), codec.write(member)])),
  };
}

/** The same as a plain object. */
export function plainMap<T>(codec: Codec<T>): Codec<Readonly<Record<string, T>>> {
  const members = map(codec);
  return {
    read: (value, path) => Object.fromEntries(members.read(value, path)),
    write: (value) => members.write(new Map(Object.entries(value))),
  };
}

/** An object of texts, as a plain object. */
export const textRecord = plainMap(text);

/** A map whose keys are whole numbers, written in quotes so that every reader understands them. */
export function numberMap<T>(codec: Codec<T>): Codec<ReadonlyMap<number, T>> {
  return {
    read: (value, path) =>
      new Map(
        membersOf(value, path).map(([key, member]) => [whole.read(key, path), codec.read(member, `${path}.${key}`)]),
      ),
    write: (value) => writeMembers([...value].map(([key, member]) => [`"${key}"`, codec.write(member)])),
  };
}

/** An object of any shape, kept as it is. */
export const anyRecord: Codec<Readonly<Record<string, unknown>>> = {
  read: (value, path) => Object.fromEntries(membersOf(value, path)),
  write: (value) => anything.write(value),
};

/** A value of any shape, kept as it is. */
export const anything: Codec<unknown> = {
  read: (value) => value,
  write: (value) => JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? Number(member) : member)),
};

type Members = Readonly<Record<string, Codec<unknown>>>;
type OptionalNames<M> = { [N in keyof M]: M[N] extends OptionalCodec<infer _T> ? N : never }[keyof M];

export type ObjectOf<M> = {
  readonly [N in Exclude<keyof M, OptionalNames<M>>]: ValueOf<M[N]>;
} & {
  readonly [N in OptionalNames<M>]?: ValueOf<M[N]> | undefined;
};

/** An object with known members: unknown ones are ignored, absent optional ones left out, and all written in alphabetical order. */
export function object<M extends Members>(members: M): Codec<ObjectOf<M>> {
  const names = Object.keys(members).sort();
  return {
    read: (value, path) => {
      const source = new Map(membersOf(value, path));
      const out: Record<string, unknown> = {};
      for (const name of names) {
        const member = readMember(members[name]!, source.get(name), path === '' ? name : `${path}.${name}`);
        if (member !== undefined) out[name] = member;
      }
      return out as ObjectOf<M>;
    },
    write: (value) => {
      const source = value as Readonly<Record<string, unknown>>;
      const present = names.filter((name) => source[name] !== undefined);
      return writeMembers(present.map((name) => [`"${name}"`, members[name]!.write(source[name])]));
    },
  };
}

function readMember(codec: Codec<unknown>, value: FastjsonValue | undefined, path: string): unknown {
  if (value !== undefined && value !== null) return codec.read(value, path);
  if (!('absent' in codec)) return wrong(path, 'there');
  return (codec as Partial<DefaultedCodec<unknown>>).fallback;
}

/** The members of an object that was parsed. */
export function membersOf(value: FastjsonValue, path: string): [string, FastjsonValue][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : wrong(path, 'an object');
}

export function writeMembers(members: readonly (readonly [key: string, value: string])[]): string {
  return `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`;
}

function arrayOf(value: FastjsonValue, path: string): FastjsonValue[] {
  return Array.isArray(value) ? value : wrong(path, 'a list');
}

function wrong(path: string, expected: string): never {
  throw new BodyError(`${path === '' ? 'the body' : path} is not ${expected}`);
}
