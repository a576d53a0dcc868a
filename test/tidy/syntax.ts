import { parseAst } from 'rolldown/parseAst';

/** One node of a parsed TypeScript file, in the ESTree shape. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly [field: string]: unknown };

/** Parses a TypeScript or JavaScript module; throws a syntax error with its place. */
export function parseModule(path: string, text: string): SyntaxNode {
  return parseAst(text, { lang: path.endsWith('.mjs') ? 'js' : 'ts' }, path) as unknown as SyntaxNode;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Visits `node` and everything below it, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

/** The name that `node` is, when it is a plain identifier; undefined otherwise. */
export function identifier(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? (node['name'] as string) : undefined;
}

/** The text of a string literal, or of a template without substitutions; undefined for anything else. */
export function constantText(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = node['quasis'] as { value: { cooked: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** Is `node` the member `object.property`, written with a dot or in brackets? */
export function isMember(node: SyntaxNode, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression' || identifier(node['object']) !== object) return false;
  const key = node['computed'] ? constantText(node['property']) : identifier(node['property']);
  return key === property;
}
