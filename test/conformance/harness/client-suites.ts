import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './child.ts';
import type { Group } from './group.ts';
import { createTopic } from './remoting.ts';
import type { Report } from './report.ts';
import { reportTap, tail } from './tap.ts';

const installTimeoutMs = 240_000;
const checksTimeoutMs = 150_000;
const CLIENT_LOG_LINES = 60;

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const ended = await run(command, args, installTimeoutMs, { cwd });
  if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${tail(ended.output)}`);
}

/** The published Node client. */
export async function nodeSuite(repository: string, group: Group, report: Report): Promise<void> {
  const folder = join(repository, 'test/conformance/node');
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  const runId = Date.now().toString(36);
  const topic = `ali-ons-${runId}`;
  await createTopic(group.nameServer, topic, 4);
  const program = fileURLToPath(new URL('ali-ons-checks.js', import.meta.url));
  const environment = { HOME: group.clientHome('node') };
  const args = [program, folder, group.nameServer, runId, topic, String(4 * group.brokerNames.length)];
  reportTap(report, 'ali-ons', await run(process.execPath, args, checksTimeoutMs, { environment }));
  report.check('ali-ons: no broker has ended by itself', group.crashed());
}

/** The published Python client, in a virtual environment of its own. */
export async function pythonSuite(repository: string, group: Group, report: Report): Promise<void> {
  const folder = join(repository, 'test/conformance/python');
  const python = join(folder, '.venv/bin/python');
  if (!existsSync(python)) await mustRun('python3', ['-m', 'venv', '.venv'], folder);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', '-r', 'requirements.txt'];
  await mustRun(python, pip, folder);
  const home = group.clientHome('python');
  const args = ['checks.py', group.nameServer, Date.now().toString(36)];
  const ended = await run(python, args, checksTimeoutMs, { cwd: folder, environment: { HOME: home } });
  reportTap(report, 'python', ended);
  if (/^not ok/m.test(ended.output)) printClientLogs(join(home, 'logs/rocketmq-cpp'));
  report.check('python: no broker has ended by itself', group.crashed());
}

/** Why a check failed is told by the C++ client in its own log only: it calls a request without an answer a missing route, too. */
function printClientLogs(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    console.log(`the end of ${name}:\n${tail(readFileSync(join(folder, name), 'utf8'), CLIENT_LOG_LINES)}`);
  }
}

/** Our own client, which works with RocketMQ's servers too. */
export async function clientSuite(group: Group, report: Report): Promise<void> {
  const runId = Date.now().toString(36);
  const topic = `client-${runId}`;
  await createTopic(group.nameServer, topic, 4);
  const program = fileURLToPath(new URL('client-checks.js', import.meta.url));
  const suite = `client with ${group.server}`;
  const environment = { HOME: group.clientHome('client'), TMPDIR: group.clientHome('client') };
  const args = [program, group.nameServer, runId, topic, String(4 * group.brokerNames.length)];
  reportTap(report, suite, await run(process.execPath, args, checksTimeoutMs, { environment }));
  report.check(`${suite}: no broker has ended by itself`, group.crashed());
}
