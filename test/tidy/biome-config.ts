import { ambientGlobals, anywhere, packageOwners, type Zone, zones } from './import-law.ts';

/** How far up the tree a refused import may begin; deeper nesting than this has no place in the repository. */
const upwards = `{${Array.from({ length: 6 }, (_, depth) => '../'.repeat(depth + 1)).join(',')}}`;

type PatternGroup = { group: string[]; message: string };

function packagePatterns(zone: Zone): PatternGroup {
  if (zone.packages === 'any') {
    const owned = Object.keys(packageOwners).filter((name) => !packageOwners[name]?.includes(zone.path));
    const message = 'This package belongs to one place of the product: see test/tidy/import-law.ts.';
    return { group: owned.flatMap((name) => [name, `${name}/**`]), message };
  }
  const builtins = { none: [], pure: ['!node:zlib', '!node:crypto'], all: ['!node:*', '!node:*/**'] }[zone.builtins];
  const packages = zone.packages.flatMap((name) => [`!${name}`, `!${name}/**`]);
  const message = 'This folder may not import this module: what touches the outside world comes in through Platform.';
  return { group: ['**', '!./**', '!../**', ...builtins, ...packages], message };
}

/** The options of `noRestrictedImports` for one zone: always the whole list, since a later override replaces an earlier one. */
function importPatterns(zone: Zone): PatternGroup[] {
  const refused = zone.refused.map((glob) => glob.replace('^/', upwards));
  const layers = {
    group: refused,
    message: `The import law keeps ${zone.path} from importing this: see test/tidy/import-law.ts.`,
  };
  return refused.length === 0 ? [packagePatterns(zone)] : [packagePatterns(zone), layers];
}

function restrictedGlobals(names: readonly string[]) {
  const message = 'The world comes in as an argument (Platform), not as a global.';
  return { level: 'error', options: { deniedGlobals: Object.fromEntries(names.map((name) => [name, message])) } };
}

function globalsRule(zone: Zone) {
  if (zone.ambient) return { noRestrictedGlobals: 'off' };
  if (zone.refusedGlobals.length === 0) return {};
  return { noRestrictedGlobals: restrictedGlobals([...ambientGlobals, ...zone.refusedGlobals]) };
}

function override(zone: Zone) {
  const imports = { noRestrictedImports: { level: 'error', options: { patterns: importPatterns(zone) } } };
  const style = { ...imports, ...globalsRule(zone) };
  const console = zone.console ? { suspicious: { noConsole: 'off' } } : {};
  const includes = [zone.path.endsWith('.ts') ? zone.path : `${zone.path}/**`];
  return { includes, linter: { rules: { style, ...console } } };
}

/** Rules for the whole tree. What the law restricts is refused here and opened by the overrides, so that a new folder starts closed. */
function rules() {
  return {
    preset: 'recommended',
    style: {
      noCommonJs: 'error',
      noRestrictedGlobals: restrictedGlobals(ambientGlobals),
      noRestrictedImports: { level: 'error', options: { patterns: importPatterns(anywhere) } },
      useNodejsImportProtocol: 'error',
      useFilenamingConvention: { level: 'error', options: { filenameCases: ['kebab-case'] } },
      noNonNullAssertion: 'off',
    },
    // TypeScript's noPropertyAccessFromIndexSignature asks for the opposite.
    complexity: { useLiteralKeys: 'off' },
    suspicious: { noConsole: 'error' },
  };
}

function config() {
  return {
    $schema: './node_modules/@biomejs/biome/configuration_schema.json',
    vcs: { enabled: true, clientKind: 'git', useIgnoreFile: true },
    files: { ignoreUnknown: true, includes: ['**', '!test/fixture'] },
    formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 120 },
    javascript: { formatter: { quoteStyle: 'single', semicolons: 'always' } },
    linter: { rules: rules() },
    overrides: [...zones.map(override), { includes: ['biome.json'], json: { formatter: { enabled: false } } }],
  };
}

/** The text of `biome.json`, which is generated from here: edit this file or `import-law.ts`, then `npm run fix`. */
export function biomeConfigText(): string {
  const oneLineLists = (_match: string, inner: string) => `[${inner.trim().split(/,\s+/).join(', ')}]`;
  return `${JSON.stringify(config(), null, 2).replace(/\[([^[\]{}]*)\]/g, oneLineLists)}\n`;
}
