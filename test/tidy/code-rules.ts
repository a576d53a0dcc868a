import { zones } from './import-law.ts';
import { constantText, identifier, isMember, parseModule, type SyntaxNode, walk } from './syntax.ts';

/** A rule of the house that a file breaks. `line` starts at 1. */
export type Complaint = { readonly file: string; readonly line: number; readonly rule: string };

/** What the rules need to know about the place of a file. */
type Place = { readonly core: boolean; readonly product: boolean; readonly ambient: boolean };

function placeOf(path: string): Place {
  const enclosing = zones.filter((zone) => path === zone.path || path.startsWith(`${zone.path}/`));
  const innermost = enclosing.reduce<(typeof zones)[number] | undefined>(
    (best, zone) => (best === undefined || zone.path.length > best.path.length ? zone : best),
    undefined,
  );
  return {
    core: path.startsWith('raft/core/'),
    product: !path.startsWith('test/') && !path.startsWith('scripts/'),
    ambient: innermost?.ambient ?? false,
  };
}

/** Takes `Math` or `AbortSignal` as a whole, which would hide what is taken from it. */
function aliases(node: SyntaxNode, name: string): boolean {
  return node.type === 'VariableDeclarator' && identifier(node['init']) === name;
}

function specifierRules(node: SyntaxNode, place: Place): string[] {
  if (node.type === 'TSImportType')
    return place.product ? ['import-type: write an import statement, which the import law sees'] : [];
  if (!('source' in node) || node['source'] === null) return [];
  const specifier = constantText(node['source']);
  if (specifier === undefined || (node['source'] as SyntaxNode).type === 'TemplateLiteral') {
    return place.product ? ['computed-import: import() takes a quoted name, which the import law sees'] : [];
  }
  return /^\.\/\.\.|[^./]\/+\.\.(\/|$)|\/\.\//.test(specifier)
    ? ['detour: an import path goes up first and then down']
    : [];
}

function chanceRules(node: SyntaxNode, place: Place): string[] {
  const rules: string[] = [];
  if (!place.ambient && (isMember(node, 'Math', 'random') || aliases(node, 'Math'))) {
    rules.push('math-random: chance comes in as an argument');
  }
  if (place.product && (isMember(node, 'AbortSignal', 'timeout') || aliases(node, 'AbortSignal'))) {
    rules.push(
      'abort-timeout: use a timer of Platform; this one hides from the simulator and from the garbage collector',
    );
  }
  return rules;
}

function coreRules(node: SyntaxNode, place: Place): string[] {
  if (!place.core) return [];
  const waits = node['async'] === true || node.type === 'AwaitExpression' || node['await'] === true;
  return waits ? ['async-core: raft/core is synchronous'] : [];
}

/** Checks what Biome cannot see in one TypeScript or JavaScript file; `path` is relative to the repository's root. */
export function codeComplaints(path: string, text: string): Complaint[] {
  const place = placeOf(path);
  const complaints: Complaint[] = [];
  walk(parseModule(path, text), (node) => {
    for (const rule of [...specifierRules(node, place), ...chanceRules(node, place), ...coreRules(node, place)]) {
      complaints.push({ file: path, line: text.slice(0, node.start).split('\n').length, rule });
    }
  });
  return complaints;
}
