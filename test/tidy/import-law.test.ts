import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * Feeds every folder a file of each forbidden kind, and each folder the imports that it needs. The expectations are written out by
 * hand, not derived from the table, so that a wrong table fails too. One Biome process with the real biome.json judges all files.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder, one statement in a file of its own there, and the rules that must complain (none = the statement is legal). */
type Case = { folder: string; code: string; rules: readonly string[] };

const imports = 'noRestrictedImports';
const globals = 'noRestrictedGlobals';

/** Folders that receive the world as an argument. */
const worldless = [
  ...[
    'raft',
    'raft/core',
    'raft/driver',
    'src/base',
    'src/platform',
    'src/protocol',
    'src/protocol/command',
    'src/log',
  ],
  ...[
    'src/remoting',
    'src/store',
    'src/client',
    'src/broker',
    'src/broker/processor',
    'cluster',
    'cluster/dledger',
    'cluster/ha',
  ],
  ...[
    'cluster/controller',
    'cluster/namesrv',
    'cluster/raft-storage',
    'jepsen-lite/sim',
    'jepsen-lite/workload',
    'jepsen-lite/bug/x',
  ],
  ...['jepsen-lite/invariant', 'jepsen-lite/checker', 'jepsen-lite/fault'],
];

/** Folders of the product that may touch the world. */
const worldly = [
  ...[
    'src/platform/node',
    'src/http',
    'src/http/routes',
    'src/admin',
    'src/admin/command',
    'cluster/bin',
    'cluster/launch',
  ],
  ...['jepsen-lite/live', 'jepsen-lite/drill', 'jepsen-lite/bin'],
];

/** Every way to reach a built-in module that Biome can see. */
const waysToNode: readonly [string, readonly string[]][] = [
  ["import { a } from 'node:fs';", [imports]],
  ["import { a } from 'node:fs/promises';", [imports]],
  ["import { a } from 'node:net';", [imports]],
  ["import { a } from 'fs';", [imports, 'useNodejsImportProtocol']],
  ["import { a } from 'timers/promises';", [imports, 'useNodejsImportProtocol']],
  ["import type { A } from 'node:net';", [imports]],
  ["import 'node:fs';", [imports]],
  ["import a = require('node:fs');", [imports]],
  ["export { a } from 'node:fs';", [imports]],
  ["export const a = await import('node:fs');", [imports]],
  ["export const a = require('node:fs');", ['noCommonJs']],
  ["import { createRequire } from 'node:module';", [imports]],
];

const ambient = [
  'export const a = Date.now();',
  'export const a = new Date();',
  'export type A = Date;',
  'setTimeout(() => undefined, 1);',
  'setInterval(() => undefined, 1);',
  'setImmediate(() => undefined);',
  'export const a = process.pid;',
  'export const a = performance.now();',
  'export const a = crypto.randomUUID();',
  "export const a = fetch('http://127.0.0.1');",
  'globalThis.setTimeout(() => undefined, 1);',
];

/** Relative imports that the law refuses, by folder. */
const refused: Readonly<Record<string, readonly string[]>> = {
  raft: ['../src/base/assert.ts', '../cluster/dledger/a.ts', '../test/a.ts'],
  'raft/core': [
    '../driver/ports.ts',
    '../index.ts',
    '../../src/base/assert.ts',
    '../../cluster/ha/a.ts',
    '../../test/a.ts',
  ],
  'raft/driver': ['../index.ts', '../../src/base/assert.ts', '../../cluster/ha/a.ts', '../../scripts/a.ts'],
  'src/base': [
    ...[
      '../platform/ports.ts',
      '../protocol/a.ts',
      '../log/a.ts',
      '../remoting/a.ts',
      '../store/a.ts',
      '../client/a.ts',
    ],
    ...[
      '../broker/a.ts',
      '../admin/a.ts',
      '../http/a.ts',
      '../index.ts',
      '../../raft/index.ts',
      '../../cluster/ha/a.ts',
    ],
    ...['../../jepsen-lite/sim/a.ts', '../../test/a.ts', '../../scripts/a.ts'],
  ],
  'src/platform': ['../protocol/a.ts', '../log/a.ts', './node/disk.ts', '../platform/node/disk.ts', '../index.ts'],
  'src/platform/node': ['../../protocol/a.ts', '../../log/a.ts', '../../../raft/index.ts'],
  'src/protocol': ['../platform/ports.ts', '../remoting/a.ts', '../log/a.ts', '../../raft/index.ts'],
  'src/protocol/command': [
    '../../platform/ports.ts',
    '../../remoting/a.ts',
    '../../../raft/core/node.ts',
    '../../index.ts',
  ],
  'src/log': [
    '../remoting/a.ts',
    '../store/a.ts',
    '../client/a.ts',
    '../platform/node/disk.ts',
    '../../cluster/dledger/a.ts',
  ],
  'src/remoting': [
    '../log/a.ts',
    '../store/a.ts',
    '../client/a.ts',
    '../platform/node/network.ts',
    '../../raft/index.ts',
  ],
  'src/store': ['../client/a.ts', '../broker/a.ts', '../platform/node/disk.ts', '../../raft/index.ts'],
  'src/client': [
    '../store/a.ts',
    '../broker/a.ts',
    '../platform/node/network.ts',
    '../index.ts',
    '../../cluster/ha/a.ts',
  ],
  'src/broker': [
    '../admin/a.ts',
    '../http/a.ts',
    '../platform/node/clock.ts',
    '../../raft/index.ts',
    '../../cluster/ha/a.ts',
  ],
  'src/broker/processor': [
    '../../admin/a.ts',
    '../../http/a.ts',
    '../../../raft/index.ts',
    '../../../jepsen-lite/sim/a.ts',
  ],
  'src/admin': ['../http/a.ts', '../index.ts', '../../raft/index.ts', '../../cluster/namesrv/a.ts'],
  'src/admin/command': ['../../http/a.ts', '../../../cluster/namesrv/a.ts'],
  'src/http': ['../admin/a.ts', '../index.ts', '../../raft/index.ts', '../../cluster/dledger/a.ts'],
  'cluster/dledger': [
    ...['../../raft/core/node.ts', '../../raft/driver/ports.ts', '../../src/platform/node/disk.ts'],
    ...['../../jepsen-lite/sim/a.ts', '../../test/a.ts', '../../scripts/a.ts'],
  ],
  'cluster/bin': ['../../raft/core/node.ts', '../../jepsen-lite/sim/a.ts', '../../test/a.ts', '../../scripts/a.ts'],
  'cluster/launch': ['../../raft/driver/ports.ts', '../../jepsen-lite/drill/a.ts', '../../test/a.ts'],
  'jepsen-lite/sim': [
    '../../raft/core/node.ts',
    '../../src/platform/node/disk.ts',
    '../../test/a.ts',
    '../../scripts/a.ts',
  ],
  'jepsen-lite/live': ['../../raft/core/node.ts', '../../test/a.ts', '../../scripts/a.ts'],
};

/** Relative imports that the law allows, by folder: a law that refuses everything would pass the rest of this file. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  raft: ['./core/node.ts', './driver/replica.ts'],
  'raft/core': ['./types.ts'],
  'raft/driver': ['../core/types.ts', './ports.ts'],
  'src/base': ['./errors.ts'],
  'src/platform': ['../base/assert.ts', './ports.ts'],
  'src/platform/node': ['../../base/assert.ts', '../ports.ts', './clock.ts'],
  'src/protocol': ['../base/assert.ts', './command/send-message.ts'],
  'src/protocol/command': ['../schema.ts', '../message/record.ts', '../../base/assert.ts'],
  'src/log': ['../platform/ports.ts', '../protocol/a.ts', '../base/a.ts'],
  'src/remoting': ['../platform/ports.ts', '../protocol/a.ts'],
  'src/store': ['../log/a.ts', '../remoting/a.ts'],
  'src/client': ['../log/a.ts', '../remoting/a.ts'],
  'src/broker': ['../store/a.ts', '../client/a.ts', './processor/a.ts'],
  'src/broker/processor': ['../config.ts', '../../store/a.ts', '../topic/a.ts'],
  'src/admin': ['../broker/a.ts', '../client/a.ts', '../platform/node/clock.ts'],
  'src/http': ['../broker/a.ts', '../store/a.ts', './routes/status.ts'],
  'cluster/dledger': [
    '../../raft/index.ts',
    '../raft-storage/a.ts',
    '../../src/broker/broker.ts',
    '../../src/index.ts',
  ],
  'cluster/bin': [
    '../../raft/index.ts',
    '../dledger/a.ts',
    '../../src/platform/node/disk.ts',
    '../../src/http/server.ts',
  ],
  'jepsen-lite/sim': [
    '../../raft/index.ts',
    '../../cluster/dledger/a.ts',
    '../../src/broker/broker.ts',
    '../fault/a.ts',
  ],
  'jepsen-lite/live': ['../../raft/index.ts', '../../cluster/launch/a.ts', '../../src/platform/node/disk.ts'],
  'test/raft': ['../../raft/core/node.ts', '../../scripts/a.ts', '../../src/platform/node/disk.ts'],
  scripts: ['../raft/core/node.ts', '../src/admin/a.ts', '../test/a.ts'],
};

/** Where each owned package may be imported. */
const packageFolders: Readonly<Record<string, readonly string[]>> = {
  fastify: ['src/http', 'src/http/routes'],
  pino: ['src/platform/node'],
  'fs-native-extensions': ['src/platform/node'],
  undici: ['cluster/launch', 'jepsen-lite/live', 'jepsen-lite/drill', 'scripts', 'test'],
  seedrandom: [
    ...['sim', 'workload', 'bug/x', 'invariant', 'checker', 'fault', 'live', 'drill', 'bin'].map(
      (n) => `jepsen-lite/${n}`,
    ),
    'test',
  ],
};

function importCases(): Case[] {
  const expand = (table: typeof refused, rules: readonly string[]) =>
    Object.entries(table).flatMap(([folder, targets]) =>
      targets.flatMap((target) => [
        { folder, code: `import { a } from '${target}';`, rules },
        { folder, code: `import type { A } from '${target}';`, rules },
        { folder, code: `export const a = await import('${target}');`, rules },
      ]),
    );
  return [...expand(refused, [imports]), ...expand(allowed, [])];
}

function worldCases(): Case[] {
  const shut = worldless.flatMap((folder) => [
    ...waysToNode.map(([code, rules]) => ({ folder, code, rules })),
    ...ambient.map((code) => ({ folder, code, rules: [globals] })),
    { folder, code: "console.log('a');", rules: ['noConsole'] },
  ]);
  const pure = ["import { crc32 } from 'node:zlib';", "import { createHash } from 'node:crypto';"];
  const zlib = worldless.flatMap((folder) =>
    pure.map((code) => ({ folder, code, rules: folder.startsWith('raft') ? [imports] : [] })),
  );
  const opened = [...worldly, 'scripts', 'test', 'test/broker'].flatMap((folder) => [
    { folder, code: "import { a } from 'node:fs/promises';", rules: [] },
    { folder, code: "export const a = require('node:fs');", rules: ['noCommonJs'] },
    {
      folder,
      code: "import { a } from 'fs';",
      rules: [...(worldly.includes(folder) ? [imports] : []), 'useNodejsImportProtocol'],
    },
    ...ambient.map((code) => ({ folder, code, rules: [] })),
  ]);
  return [...shut, ...zlib, ...opened];
}

function packageCases(): Case[] {
  const everywhere = [...worldless, ...worldly, 'scripts', 'test'];
  const owned = Object.entries(packageFolders).flatMap(([name, folders]) =>
    everywhere.map((folder) => ({
      folder,
      code: `import { a } from '${name}';`,
      rules: folders.includes(folder) ? [] : [imports],
    })),
  );
  const strangers = [...worldless, ...worldly].flatMap((folder) =>
    ['vitest', '@scope/stranger', 'ledgermq'].map((name) => ({
      folder,
      code: `import { a } from '${name}';`,
      rules: [imports],
    })),
  );
  return [...owned, ...strangers];
}

function otherCases(): Case[] {
  return [
    { folder: 'raft/core', code: 'export type A = Promise<void>;', rules: [globals] },
    { folder: 'raft/core', code: 'export const a = Promise.resolve();', rules: [globals] },
    { folder: 'raft/driver', code: 'queueMicrotask(() => undefined);', rules: [globals] },
    { folder: 'src', code: "import { a } from 'node:net';", rules: [imports] },
    { folder: 'newfolder', code: "import { a } from 'node:net';", rules: [imports] },
    { folder: 'src/newlayer', code: "import { a } from 'node:net';", rules: [imports] },
    { folder: 'newfolder', code: 'export const a = Date.now();', rules: [globals] },
    { folder: 'src/newlayer', code: 'export const a = Date.now();', rules: [globals] },
  ];
}

const cases = [...importCases(), ...worldCases(), ...packageCases(), ...otherCases()];
const folder = mkdtempSync(join(tmpdir(), 'import-law-'));
const complaints = new Map<string, Set<string>>();

beforeAll(() => {
  for (const name of ['biome.json', '.gitignore']) copyFileSync(join(root, name), join(folder, name));
  cases.forEach((each, index) => {
    const file = join(folder, each.folder, `case-${index}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${each.code}\n`);
  });
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '--diagnostic-level=error', '.'];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const [, rule = '', index = ''] of run.stdout.matchAll(/title=lint\/\w+\/(\w+),file=\S*?case-(\d+)\.ts/g)) {
    complaints.set(index, (complaints.get(index) ?? new Set()).add(rule));
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

test('every bad file is refused by the rule that should refuse it, every good one passes', () => {
  const law = new Set([imports, globals, 'noConsole', 'noCommonJs', 'useNodejsImportProtocol']);
  const wrong = cases.flatMap((each, index) => {
    const found = [...(complaints.get(String(index)) ?? [])].filter((rule) => law.has(rule)).sort();
    const expected = [...each.rules].sort();
    return found.join() === expected.join()
      ? []
      : [`${each.folder}: ${each.code} expected [${expected}] found [${found}]`];
  });
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(1000);
});
