#!/usr/bin/env node
/**
 * Builds dist/: the libraries for importers (the client in dist/src, Raft in dist/raft, by tsc) and every program of the table below as one bundle with its
 * lazily imported parts beside it (dist/bin, by rolldown). Does nothing when no source has changed since the last build, so that
 * launchers can call it every time. Types are not checked here: `npm run check` does that.
 *
 *   node scripts/build.mjs                         builds what is out of date
 *   node scripts/build.mjs --list                  prints the table as JSON
 *   node scripts/build.mjs --out DIR --program NAME=ENTRY ...   bundles only these programs, into DIR
 *   ... --replace MODULE=OTHER                     there, OTHER takes the place of MODULE for everybody but OTHER itself
 *   ... --quiet                                    says nothing unless it fails
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Program name -> its entry file. Each program also has a line under `bin` in package.json. */
const programs = {
  drill: 'jepsen-lite/bin/drill.ts',
  'fast-try': 'cluster/bin/fast-try.ts',
  mqadmin: 'src/admin/bin/mqadmin.ts',
  mqbroker: 'cluster/bin/mqbroker.ts',
  mqcontroller: 'cluster/bin/mqcontroller.ts',
  mqexample: 'src/admin/bin/mqexample.ts',
  mqnamesrv: 'cluster/bin/mqnamesrv.ts',
  mqshutdown: 'cluster/bin/mqshutdown.ts',
};

/** What `drill` starts and nobody else: they stand beside it, and are no commands. */
const partsOfPrograms = {
  'drill-broker': 'jepsen-lite/bin/chaos-broker.ts',
  'drill-namesrv': 'jepsen-lite/bin/chaos-namesrv.ts',
  'drill-watchdog': 'jepsen-lite/bin/watchdog.ts',
};

/** Native code cannot be bundled: it is found in node_modules at run time. The others are parts of fastify that ours never asks for. */
const external = [
  'fs-native-extensions',
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const sourceFolders = ['src', 'raft', 'cluster', 'jepsen-lite', 'scripts'];
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const shebang = '#!/usr/bin/env node\n';

function sourceFiles() {
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => join(folder, name));
  return [...sourceFolders.filter((folder) => existsSync(join(root, folder))).flatMap(inFolder), ...settings].sort();
}

/** One hash over the names and contents of everything that the build reads, and over what is asked for. */
function fingerprint(request) {
  const hash = createHash('sha256').update(JSON.stringify(request));
  for (const file of sourceFiles()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isUpToDate(out, stamp) {
  const file = join(out, '.stamp');
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

function emitLibrary(out) {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const flags = ['-p', join(root, 'tsconfig.build.json'), '--outDir', out, '--noCheck'];
  execFileSync(process.execPath, [compiler, ...flags], { stdio: ['ignore', 2, 2] });
}

/** Puts one module in the place of another; a build in which nobody asks for that other one fails. */
function replacing(pair) {
  const [module, other] = pair.split('=').map((path) => resolve(root, path));
  let asked = false;
  return {
    name: 'replace',
    resolveId(source, importer) {
      if (!source.startsWith('.') || importer === undefined || importer === other) return null;
      if (resolve(dirname(importer), source) !== module) return null;
      asked = true;
      return other;
    },
    buildEnd() {
      if (!asked) throw new Error(`--replace ${pair}: nothing imports the module that is to be replaced`);
    },
  };
}

async function bundleProgram(name, entry, folder, replace) {
  if (!existsSync(resolve(root, entry)))
    throw new Error(`program ${name}: its entry ${entry} does not exist; mend the table in scripts/build.mjs`);
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    cwd: root,
    input: { [name]: entry },
    platform: 'node',
    external,
    plugins: replace.map(replacing),
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${name}/[name]-[hash].js`,
  });
  await bundle.close();
  const file = join(folder, `${name}.js`);
  const text = readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(file, shebang + text);
  chmodSync(file, 0o755);
}

/** Puts the finished build in its place at once, so that nobody sees half of it. Of two builders of the same sources either may win. */
function install(fresh, out, stamp) {
  const old = `${out}.old-${process.pid}`;
  try {
    if (existsSync(out)) renameSync(out, old);
    renameSync(fresh, out);
  } catch (error) {
    if (!isUpToDate(out, stamp)) throw error;
  } finally {
    for (const leftover of [old, fresh]) rmSync(leftover, { recursive: true, force: true });
  }
}

async function build(out, table, { withLibrary = false, replace = [], quiet = false } = {}) {
  const stamp = fingerprint({ table, withLibrary, replace });
  if (isUpToDate(out, stamp)) return;
  const startedAt = performance.now();
  const names = Object.keys(table);
  if (!quiet) console.error(`Building ${out} ...`);
  const fresh = `${out}.new-${process.pid}`;
  const folder = withLibrary ? join(fresh, 'bin') : fresh;
  mkdirSync(folder, { recursive: true });
  try {
    if (withLibrary) emitLibrary(fresh);
    await Promise.all(names.map((name) => bundleProgram(name, table[name], folder, replace)));
    writeFileSync(join(fresh, '.stamp'), stamp);
    install(fresh, out, stamp);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!quiet) console.error(`Built ${names.length === 0 ? 'no programs' : names.join(', ')} in ${seconds} s.`);
}

const { values: options } = parseArgs({
  options: {
    list: { type: 'boolean' },
    out: { type: 'string' },
    program: { type: 'string', multiple: true },
    replace: { type: 'string', multiple: true },
    quiet: { type: 'boolean' },
  },
});

async function main() {
  if (options.list) return console.log(JSON.stringify(programs));
  if (!options.program)
    return build(
      resolve(options.out ?? join(root, 'dist')),
      { ...programs, ...partsOfPrograms },
      { withLibrary: true },
    );
  if (!options.out) throw new Error('--program needs --out DIR, so that it does not replace the shipped programs');
  const { replace, quiet } = options;
  return build(resolve(options.out), Object.fromEntries(options.program.map((each) => each.split('='))), {
    replace,
    quiet,
  });
}

main().catch((error) => {
  console.error(`Build failed: ${error.message}`);
  process.exitCode = 1;
});
