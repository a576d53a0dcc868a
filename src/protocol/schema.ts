import { FieldError } from './field-error.ts';
import { formatLong, parseBoolean, parseInt32, parseLong } from './field-text.ts';
import type { ExtFields } from './remoting-command.ts';

type Kind = 'string' | 'int' | 'long' | 'boolean';

/** How one header field is declared: a kind (required), a kind with `?` (optional), or a kind and the value of an absent field. */
export type FieldDeclaration =
  | Kind
  | `${Kind}?`
  | readonly ['string', string]
  | readonly ['int' | 'long', number]
  | readonly ['boolean', boolean];

export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;

type KindValue<K> = K extends 'string'
  ? string
  : K extends 'int' | 'long'
    ? number
    : K extends 'boolean'
      ? boolean
      : never;
type FieldValue<D> = D extends readonly [infer K, unknown] ? KindValue<K> : KindValue<D>;
type OptionalKeys<F> = { [N in keyof F]: F[N] extends `${string}?` ? N : never }[keyof F];
type BareKind<D> = D extends `${infer K}?` ? K : D;

/** The typed header that a declaration describes. */
export type HeaderOf<F extends FieldDeclarations> = {
  readonly [N in Exclude<keyof F, OptionalKeys<F>>]: FieldValue<F[N]>;
} & {
  readonly [N in OptionalKeys<F>]?: FieldValue<BareKind<F[N]>> | undefined;
};

/**
 * One request code with the wire grammar of its two headers. Encoders give the text fields of the frame, absent ones left out;
 * decoders ignore fields that are not declared, and report the first bad one as a value.
 */
export interface CommandDefinition<Request extends object, Response extends object> {
  readonly code: number;
  /** RocketMQ's name of the code, such as PULL_MESSAGE. */
  readonly name: string;
  encodeRequest(request: Request): ExtFields;
  decodeRequest(fields: ExtFields): Request | FieldError;
  encodeResponse(response: Response): ExtFields;
  decodeResponse(fields: ExtFields): Response | FieldError;
}

export type RequestOf<Definition> =
  Definition extends CommandDefinition<infer Request, infer _Response> ? Request : never;
export type ResponseOf<Definition> =
  Definition extends CommandDefinition<infer _Request, infer Response> ? Response : never;

interface Declaration<Q extends FieldDeclarations, P extends FieldDeclarations> {
  readonly code: number;
  readonly name: string;
  readonly request?: Q;
  readonly response?: P;
  /** Wire keys of request fields whose key is not their name. */
  readonly requestKeys?: { readonly [N in keyof Q]?: string };
  /** Wire keys of response fields whose key is not their name. */
  readonly responseKeys?: { readonly [N in keyof P]?: string };
}

// biome-ignore lint/complexity/noBannedTypes: a header without fields is exactly this type.
type NoFields = {};

/** Declares a request: types, encoders and decoders follow from the one declaration. */
export function defineCommand<
  const Q extends FieldDeclarations = NoFields,
  const P extends FieldDeclarations = NoFields,
>(declaration: Declaration<Q, P>): CommandDefinition<HeaderOf<Q>, HeaderOf<P>> {
  const { code, name } = declaration;
  const request = compile(declaration.request ?? {}, declaration.requestKeys ?? {});
  const response = compile(declaration.response ?? {}, declaration.responseKeys ?? {});
  return {
    code,
    name,
    encodeRequest: (header) => encodeFields(request, header),
    decodeRequest: (fields) => decodeFields(name, request, fields) as HeaderOf<Q> | FieldError,
    encodeResponse: (header) => encodeFields(response, header),
    decodeResponse: (fields) => decodeFields(name, response, fields) as HeaderOf<P> | FieldError,
  };
}

interface Field {
  readonly name: string;
  readonly key: string;
  readonly kind: Kind;
  readonly required: boolean;
  readonly fallback: string | number | boolean | undefined;
}

function compile(
  declarations: FieldDeclarations,
  keys: Readonly<Record<string, string | undefined>>,
): readonly Field[] {
  return Object.entries(declarations).map(([name, declaration]): Field => {
    const key = keys[name] ?? name;
    if (typeof declaration !== 'string') {
      return { name, key, kind: declaration[0], required: false, fallback: declaration[1] };
    }
    const required = !declaration.endsWith('?');
    const kind = (required ? declaration : declaration.slice(0, -1)) as Kind;
    return { name, key, kind, required, fallback: undefined };
  });
}

type HeaderValue = string | number | boolean | undefined;

function encodeFields(fields: readonly Field[], header: object): ExtFields {
  const source = header as Readonly<Record<string, HeaderValue>>;
  const out: ExtFields = {};
  for (const field of fields) {
    const value = source[field.name];
    if (value === undefined) continue;
    out[field.key] = field.kind === 'long' ? formatLong(value as number) : String(value);
  }
  return out;
}

function decodeFields(command: string, fields: readonly Field[], source: ExtFields): object | FieldError {
  const out: Record<string, HeaderValue> = {};
  for (const field of fields) {
    const text = source[field.key];
    if (text === undefined || (text === '' && field.kind !== 'string')) {
      if (field.required) return new FieldError(command, field.key, 'is missing');
      if (field.fallback !== undefined) out[field.name] = field.fallback;
      continue;
    }
    const value = decodeValue(field.kind, text);
    if (value === undefined) return new FieldError(command, field.key, `is not ${KIND_TEXT[field.kind]}`, text);
    out[field.name] = value;
  }
  return out;
}

const KIND_TEXT: Readonly<Record<Kind, string>> = {
  string: 'a text',
  int: 'a 32-bit whole number',
  long: 'a whole number below 2^53',
  boolean: 'true or false',
};

function decodeValue(kind: Kind, text: string): HeaderValue {
  switch (kind) {
    case 'string':
      return text;
    case 'int':
      return parseInt32(text);
    case 'long':
      return parseLong(text);
    case 'boolean':
      return parseBoolean(text);
  }
}
