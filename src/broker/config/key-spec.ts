/** A number key. `unit` appears in messages ("ms", "bytes", "hours"). */
export interface IntegerSpec {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

export interface BooleanSpec {
  readonly kind: 'boolean';
  readonly default: boolean;
}

/** Free text. `pattern` restricts it; `form` says in words what is allowed. */
export interface TextSpec {
  readonly kind: 'text';
  readonly default: string;
  readonly pattern: RegExp | undefined;
  readonly form: string;
}

/** One of a few names; case matters as in RocketMQ's enums. */
export interface ChoiceSpec<Name extends string> {
  readonly kind: 'choice';
  readonly default: Name;
  readonly names: readonly Name[];
}

/** A file or directory; `~` and `$HOME` are resolved. */
export interface PathSpec {
  readonly kind: 'path';
  readonly default: string;
}

export type KeySpec = IntegerSpec | BooleanSpec | TextSpec | ChoiceSpec<string> | PathSpec;

/** TypeScript type of a key's value. */
export type ValueOf<Spec> = Spec extends IntegerSpec
  ? number
  : Spec extends BooleanSpec
    ? boolean
    : Spec extends ChoiceSpec<infer Name>
      ? Name
      : string;

export const MAX_INT = 2_147_483_647;

export function integer(defaultValue: number, min: number, max: number, unit: string): IntegerSpec {
  return { kind: 'integer', default: defaultValue, min, max, unit };
}

export function port(defaultValue: number): IntegerSpec {
  return integer(defaultValue, 0, 65535, 'port number');
}

export function milliseconds(defaultValue: number, min = 1): IntegerSpec {
  return integer(defaultValue, min, MAX_INT, 'ms');
}

export function bytes(defaultValue: number, min: number, max = MAX_INT): IntegerSpec {
  return integer(defaultValue, min, max, 'bytes');
}

export function flag(defaultValue: boolean): BooleanSpec {
  return { kind: 'boolean', default: defaultValue };
}

export function text(defaultValue: string, pattern?: RegExp, form = 'text'): TextSpec {
  return { kind: 'text', default: defaultValue, pattern, form };
}

export function choice<const Name extends string>(defaultValue: NoInfer<Name>, ...names: Name[]): ChoiceSpec<Name> {
  return { kind: 'choice', default: defaultValue, names };
}

export function path(defaultValue: string): PathSpec {
  return { kind: 'path', default: defaultValue };
}

/** Reads one value; a string result is the problem, in words that follow "must". */
export function parseValue(spec: KeySpec, raw: string): { value: string | number | boolean } | { must: string } {
  const trimmed = raw.trim();
  switch (spec.kind) {
    case 'integer': {
      const value = Number(trimmed);
      const fits = /^[+-]?\d+$/.test(trimmed) && value >= spec.min && value <= spec.max;
      return fits ? { value } : { must: `be a whole number from ${spec.min} to ${spec.max} (${spec.unit})` };
    }
    case 'boolean':
      if (/^true$/i.test(trimmed)) return { value: true };
      return /^false$/i.test(trimmed) ? { value: false } : { must: 'be true or false' };
    case 'choice':
      return spec.names.includes(trimmed) ? { value: trimmed } : { must: `be one of ${spec.names.join(', ')}` };
    case 'text':
      return spec.pattern === undefined || spec.pattern.test(trimmed)
        ? { value: trimmed }
        : { must: `be ${spec.form}` };
    case 'path':
      return trimmed === '' ? { must: 'name a path' } : { value: trimmed };
  }
}
