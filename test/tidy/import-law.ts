/**
 * The import law of the repository as one table: who may import whom, and what of the outside world each part may touch.
 * `biome-config.ts` turns it into the overrides of `biome.json`; a change here takes effect with `npm run fix`.
 */

/** Which of Node's built-in modules a zone may import: none, the two with pure functions (zlib, crypto), or all. */
export type Builtins = 'none' | 'pure' | 'all';

/** A folder of the tree (or one file) together with what the files in it may not do. A deeper zone replaces the rules of the one around it. */
export interface Zone {
  /** Folder or file, relative to the repository's root, without a trailing slash. */
  readonly path: string;
  /** Globs over import specifiers that are refused; `^/` stands for "one or more `../`", a leading `!` lifts a refusal. */
  readonly refused: readonly string[];
  readonly builtins: Builtins;
  /** npm packages that may be imported; `any` = every package that `packageOwners` does not give to others. */
  readonly packages: readonly string[] | 'any';
  /** May it use the clock, timers, `process` and the network as globals? */
  readonly ambient: boolean;
  /** Global names refused on top of those that `ambient: false` refuses. */
  readonly refusedGlobals: readonly string[];
  /** May it print with `console`? */
  readonly console: boolean;
}

/** The layers of `src/` from the bottom up. A layer imports itself and every rank below its own, never a neighbour on its rank. */
export const srcRanks: readonly (readonly string[])[] = [
  ['base'],
  ['platform', 'protocol'],
  ['log', 'remoting'],
  ['store', 'client'],
  ['broker'],
  ['admin', 'http'],
];

/** Packages that belong to some zones only. Any other package is refused in the product and free in `scripts/` and `test/`. */
export const packageOwners: Readonly<Record<string, readonly string[]>> = {
  fastify: ['src/http'],
  pino: ['src/platform/node'],
  'fs-native-extensions': ['src/platform/node'],
  undici: ['cluster/launch', 'jepsen-lite/live', 'jepsen-lite/drill', 'scripts', 'test'],
  yaml: ['jepsen-lite/drill'],
  croner: ['jepsen-lite/drill'],
  'log-update': ['jepsen-lite/bin'],
  seedrandom: ['jepsen-lite', 'jepsen-lite/bug', 'jepsen-lite/live', 'jepsen-lite/drill', 'jepsen-lite/bin', 'test'],
};

/** Globals that reach the real world, or whose behaviour depends on it. `globalThis` is here because it leads to all the others. */
export const ambientGlobals: readonly string[] = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'performance',
  'process',
  'crypto',
  'fetch',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'MessageChannel',
  'FinalizationRegistry',
  'WeakRef',
  'globalThis',
  'global',
];

const nodePlatform = '../**/platform/node/**';
const nothingImports = ['^/test/**', '^/scripts/**'];

function zone(path: string, rest: Partial<Zone>): Zone {
  const packages = Object.entries(packageOwners)
    .filter(([, owners]) => owners.includes(path))
    .map(([name]) => name);
  const base = { refused: [], builtins: 'pure', packages, ambient: false, refusedGlobals: [], console: false } as const;
  return { path, ...base, ...rest };
}

/** Zone rights of the places where the real world is let in. */
const open = { builtins: 'all', ambient: true, console: true } as const;

function raftZones(): Zone[] {
  const closed = { builtins: 'none', refusedGlobals: ['queueMicrotask'] } as const;
  return [
    zone('raft', { ...closed, refused: ['../**'] }),
    zone('raft/core', { ...closed, refused: ['../**'], refusedGlobals: [...closed.refusedGlobals, 'Promise'] }),
    zone('raft/driver', { ...closed, refused: ['../**', '!../core/**'] }),
  ];
}

function srcZones(): Zone[] {
  const outside = ['^/raft/**', '^/cluster/**', '^/jepsen-lite/**', ...nothingImports];
  const layers = srcRanks.flatMap((names, rank) =>
    names.map((name): Zone => {
      const notBelow = srcRanks.slice(rank).flat();
      const refused = [...outside, '^/index.ts', ...notBelow.filter((n) => n !== name).map((n) => `^/${n}/**`)];
      if (name === 'http') return zone(`src/${name}`, { ...open, console: false, refused });
      if (name === 'admin') return zone(`src/${name}`, { ...open, refused });
      return zone(`src/${name}`, {
        refused: [...refused, nodePlatform, ...(name === 'platform' ? ['./node/**'] : [])],
      });
    }),
  );
  const platform = layers.find((layer) => layer.path === 'src/platform');
  const refusedInNode = (platform?.refused ?? []).filter((glob) => glob !== nodePlatform && glob !== './node/**');
  return [
    ...layers,
    zone('src/platform/node', { ...open, console: false, refused: refusedInNode }),
    zone('src/index.ts', { ...open, console: false, refused: outside }),
  ];
}

function upperZones(): Zone[] {
  const raftDoor = ['^/raft/**', '!^/raft/index.ts', ...nothingImports];
  const cluster = [...raftDoor, '^/jepsen-lite/**'];
  return [
    zone('cluster', { refused: [...cluster, nodePlatform] }),
    ...['bin', 'launch'].map((name) => zone(`cluster/${name}`, { ...open, refused: cluster })),
    zone('jepsen-lite', { refused: [...raftDoor, nodePlatform] }),
    // What takes the place of a module stands on what that module stands on.
    zone('jepsen-lite/bug', { refused: nothingImports }),
    ...['live', 'drill', 'bin'].map((name) => zone(`jepsen-lite/${name}`, { ...open, refused: raftDoor })),
    ...['scripts', 'test'].map((name) => zone(name, { ...open, packages: 'any' })),
  ];
}

/** What holds outside every zone: a new folder starts shut. */
export const anywhere: Zone = zone('This place', { builtins: 'none' });

/** All zones, each after the one that encloses it. */
export const zones: readonly Zone[] = [...raftZones(), ...srcZones(), ...upperZones()];
