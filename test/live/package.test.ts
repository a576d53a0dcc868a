import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { freePortBase } from '../../cluster/launch/ports.ts';
import { stopAtEnd, temporaryFolder } from './harness/live-group.ts';
import { bounded, type Ended, RunningProgram } from './harness/run-program.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const BUILD_MS = 120_000;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A project of somebody else's in which the package is installed. */
const project = temporaryFolder();
const installed = join(project, 'node_modules', 'ledgermq');
let manifest: { readonly bin: Record<string, string>; readonly dependencies: Record<string, string> };
let files: readonly string[];

beforeAll(async () => {
  const { stdout } = await command('npm', ['pack', '--json', '--pack-destination', project], repository);
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack said nothing of the package: ${stdout}`);
  files = packed.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  await command('tar', ['-xzf', join(project, packed.filename), '--strip-components=1', '-C', installed], project);
  manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  // What npm would install beside it, and nothing else; the types are the ones that a TypeScript project has.
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) link(name);
}, BUILD_MS);

function link(name: string): void {
  const target = join(project, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(repository, 'node_modules', name), target);
}

/** Runs a command to its end and expects that it succeeds. */
async function command(name: string, args: readonly string[], folder: string): Promise<Ended> {
  const line = `cd "$0" && exec "$@"`;
  const ended = await bounded(new RunningProgram('sh', ['-c', line, folder, name, ...args], environment()), BUILD_MS);
  expect(ended.code, `${name} ${args.join(' ')}: ${ended.stderr}`).toBe(0);
  return ended;
}

function environment(): Record<string, string> {
  return { HOME: project, LEDGERMQ_RUN_DIR: join(project, 'run'), npm_config_update_notifier: 'false' };
}

function bin(name: string, args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const file = join(installed, manifest.bin[name] ?? `no program ${name}`);
  return bounded(new RunningProgram(file, args, { ...environment(), ...more }), BUILD_MS);
}

test('the package holds the programs, both libraries, the shipped configuration and its papers, and nothing else', () => {
  for (const file of [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'conf/broker.conf',
    'conf/dledger/broker-n2.conf',
    'raft/README.md',
    'src/client/README.md',
  ]) {
    expect(files).toContain(file);
  }
  expect(files).toEqual(expect.arrayContaining(Object.values(manifest.bin)));
  expect(
    files.filter(
      (file) => !/^(dist\/(bin|raft|src)|conf)\/|^(raft\/)?[A-Z]+(\.md)?$|\/README\.md$|^package\.json$/.test(file),
    ),
  ).toEqual([]);
  expect(files.filter((file) => /(?<!\.d)\.ts$|\.map$|\.stamp$/.test(file))).toEqual([]);
});

test('each program runs by its own name and tells how it is used', async () => {
  for (const name of Object.keys(manifest.bin)) {
    expect(await bin(name, ['-h'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\S.*\n/) });
  }
});

/** Compiles a TypeScript file of the project, runs it, and gives what it printed. */
async function compiledAndRun(name: string, source: string): Promise<string> {
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(join(project, `${name}.ts`), source);
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', `${name}.ts`];
  await command(process.execPath, [compiler, ...flags], project);
  return (await command(process.execPath, [`${name}.js`], project)).stdout;
}

test('the client is imported by its name, with types', async () => {
  const client = `import { createProducer, createPushConsumer, type SendResult } from 'ledgermq';
const producer = createProducer({ nameServers: '127.0.0.1:1', group: 'g' });
const send = (body: string): Promise<SendResult> => producer.send({ topic: 'T', body });
const consumer = createPushConsumer({ nameServers: '127.0.0.1:1', group: 'g' });
consumer.subscribe('T');
console.log(typeof send, typeof consumer.start);
`;
  expect(await compiledAndRun('client', client)).toBe('function function\n');
});

test('Raft is imported as ledgermq/raft, and its example runs there', async () => {
  const readme = readFileSync(join(installed, 'raft/README.md'), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const store = `${example.replace("'./index.ts'", "'ledgermq/raft'")}
const group = new Map<string, ReturnType<typeof createStore>>();
const store = createStore('a', ['a'], group);
group.set('a', store);
store.replica.start();
for (let ticks = 0; ticks < 1_000 && store.values.size === 0; ticks++) {
  store.replica.tick();
  await new Promise((resolve) => setImmediate(resolve));
  if (store.set('color', 'green', () => console.log(store.values.get('color'))) !== undefined) continue;
  await new Promise((resolve) => setImmediate(resolve));
}
`;
  expect(await compiledAndRun('store', store)).toBe('green\n');
});

test('a group is tried out where the package is installed, in the home folder, with the commands that fit there', async () => {
  const base = await freePortBase(3);
  stopAtEnd(join(project, '.ledgermq', 'fast-try'));
  const started = await bin('fast-try', ['start', '--port-base', String(base)]);
  expect(started, started.stderr).toMatchObject({ code: 0 });
  expect(started.stdout).toContain(`are in ${join(project, '.ledgermq', 'fast-try')}.`);
  const next = started.stdout.slice(started.stdout.indexOf('Next:')).trim().split('\n').slice(2);
  for (const line of next) expect(line).toMatch(/^ {2}npx (mqexample|mqadmin|fast-try) /);
  const example = ['org.apache.rocketmq.example.quickstart.Producer'];
  const sent = await bin('mqexample', example, { NAMESRV_ADDR: `127.0.0.1:${base}` });
  expect(sent.stdout.match(/^SendResult \[sendStatus=SEND_OK, msgId=/gm)).toHaveLength(1_000);
  expect((await bin('fast-try', ['status'])).code).toBe(0);
  expect((await bin('fast-try', ['stop'])).code).toBe(0);
  expect((await bin('fast-try', ['clean'])).code).toBe(0);
});

test('a drill is played where the package is installed, with the broker and the watchdog that come beside it', async () => {
  const folder = join(project, 'drills');
  const ended = await bin('drill', ['leader-kill', '--seed', '1', '--dir', folder]);
  expect(ended, ended.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('# Drill leader-kill: passed'),
  });
});
