import type { Codec } from './body-codec.ts';
import { BodyError } from './body-error.ts';
import { parseFastjson } from './fastjson.ts';

/** One JSON body type: compact text out, tolerant of fastjson's forms in. */
export interface BodyDefinition<T> {
  /** RocketMQ's class name. */
  readonly name: string;
  encode(value: T): Buffer;
  /** The typed body, or what is wrong with it in one sentence. */
  decode(bytes: Buffer): T | BodyError;
}

export type BodyOf<Definition> = Definition extends BodyDefinition<infer T> ? T : never;

/** Declares a body: its type follows from the codec. */
export function defineBody<T>(name: string, codec: Codec<T>): BodyDefinition<T> {
  return {
    name,
    encode: (value) => Buffer.from(codec.write(value)),
    decode: (bytes) => {
      const value = parseFastjson(bytes.toString('utf8'));
      if (value instanceof BodyError) return new BodyError(`${name}: ${value.message}`);
      try {
        return codec.read(value, '');
      } catch (error) {
        if (error instanceof BodyError) return new BodyError(`${name}: ${error.message}`);
        throw error;
      }
    },
  };
}
