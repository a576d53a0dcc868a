/** The part of JSON Schema (draft 2020-12) that plans need. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  /** Told apart by the constant of their `kind`; the first is meant where there is none. */
  readonly oneOf?: readonly Schema[];
}

/** What is wrong with a value, in one sentence that names the place; undefined if nothing is. */
export function schemaProblem(schema: Schema, value: unknown, path = ''): string | undefined {
  const at = path === '' ? 'the plan' : path;
  if (schema.oneOf !== undefined) return choiceProblem(schema.oneOf, value, path);
  if (schema.type !== undefined && !hasType(schema.type, value))
    return `${at}: ${shown(value)} must be ${typeNames[schema.type]}`;
  if (schema.enum !== undefined && !schema.enum.includes(value as string))
    return `${at}: ${shown(value)} must be one of ${schema.enum.join(', ')}`;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value as string))
    return `${at}: ${shown(value)} must be ${schema.description ?? `like ${schema.pattern}`}`;
  if (typeof value === 'number') return rangeProblem(schema, value, at);
  if (Array.isArray(value)) return listProblem(schema, value, path);
  return schema.type === 'object' ? objectProblem(schema, value as Record<string, unknown>, path) : undefined;
}

const typeNames = {
  object: 'a set of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
} as const;

function hasType(type: keyof typeof typeNames, value: unknown): boolean {
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return Number.isFinite(value);
  return typeof value === type;
}

function rangeProblem({ minimum, maximum, description }: Schema, value: number, at: string): string | undefined {
  const what = description === undefined ? '' : ` (${description})`;
  if (minimum !== undefined && value < minimum) return `${at}: ${value} must be at least ${minimum}${what}`;
  return maximum !== undefined && value > maximum ? `${at}: ${value} must be at most ${maximum}${what}` : undefined;
}

function listProblem({ items, minItems = 0 }: Schema, list: readonly unknown[], path: string): string | undefined {
  if (list.length < minItems) return `${path}: at least ${minItems} must be listed`;
  for (const [at, item] of list.entries()) {
    const problem = items && schemaProblem(items, item, `${path}[${at}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function objectProblem(schema: Schema, value: Record<string, unknown>, path: string): string | undefined {
  const { properties = {}, required = [], additionalProperties } = schema;
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  for (const key of required) if (value[key] === undefined) return `${below(key)} is missing`;
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (known === undefined || known === false)
      return `${below(key)}: there is no such key; known are ${Object.keys(properties).join(', ')}`;
    const problem = schemaProblem(known, inner, below(key));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function choiceProblem(choices: readonly Schema[], value: unknown, path: string): string | undefined {
  const kind = hasType('object', value) ? (value as { kind?: unknown }).kind : undefined;
  const constOf = (choice: Schema): string | undefined => choice.properties?.['kind']?.const;
  const chosen = kind === undefined ? choices[0] : choices.find((choice) => constOf(choice) === kind);
  if (chosen !== undefined) return schemaProblem(chosen, value, path);
  return `${path}.kind: ${shown(kind)} must be one of ${choices.map(constOf).join(', ')}`;
}

const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}
