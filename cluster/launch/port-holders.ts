import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process that listens on a port. `command` is its command line, as far as it may be read. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** Who listens on which of these ports. A port is missing if that cannot be told, such as for another user's process. */
export function portHolders(ports: readonly number[]): Map<number, PortHolder> {
  return process.platform === 'linux' ? linuxHolders(ports) : lsofHolders(ports);
}

/** One sentence for people. */
export function describeHolder(holder: PortHolder | undefined): string {
  if (holder === undefined) return 'held by a process that cannot be seen from here (of another user or container)';
  return `held by process ${holder.pid} (${shorten(holder.command)})`;
}

function shorten(command: string): string {
  const LONGEST = 100;
  return command.length <= LONGEST ? command : `${command.slice(0, LONGEST - 3)}...`;
}

/** Inodes of listening sockets by port, from /proc/net/tcp or tcp6. */
export function listeningInodes(table: string): Map<number, string> {
  const LISTEN = '0A';
  const inodes = new Map<number, string>();
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    if (local === undefined || inode === undefined || state !== LISTEN) continue;
    inodes.set(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), inode);
  }
  return inodes;
}

function linuxHolders(ports: readonly number[]): Map<number, PortHolder> {
  const inodes = new Map<number, string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const [port, inode] of listeningInodes(readOrEmpty(table))) inodes.set(port, inode);
  }
  const wanted = new Map<string, number[]>();
  for (const port of ports) {
    const inode = inodes.get(port);
    if (inode !== undefined) wanted.set(`socket:[${inode}]`, [...(wanted.get(`socket:[${inode}]`) ?? []), port]);
  }
  const holders = new Map<number, PortHolder>();
  if (wanted.size === 0) return holders;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const socket of openSockets(pid)) {
      for (const port of wanted.get(socket) ?? []) {
        holders.set(port, { pid: Number(pid), command: linuxCommand(pid) });
      }
    }
  }
  return holders;
}

function openSockets(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => linkTarget(`${folder}/${name}`));
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return '';
  }
}

function linuxCommand(pid: string): string {
  const [program = '', ...words] = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  // Flags of the runtime would hide what it runs.
  while (/\bnode$/.test(program) && words[0]?.startsWith('--')) words.shift();
  return [program, ...words].join(' ').trim() || readOrEmpty(`/proc/${pid}/comm`).trim();
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Absent (no IPv6), or gone with its process.
    return '';
  }
}

/** Reads what `lsof -nP -iTCP -sTCP:LISTEN -Fpcn` prints: lines `p<pid>`, `c<command>`, `n<address>:<port>`. */
export function parseLsof(text: string): Map<number, PortHolder> {
  const holders = new Map<number, PortHolder>();
  let pid = 0;
  let command = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) command = value;
    else if (line.startsWith('n')) holders.set(Number(value.slice(value.lastIndexOf(':') + 1)), { pid, command });
  }
  return holders;
}

function lsofHolders(ports: readonly number[]): Map<number, PortHolder> {
  const args = ['-nP', ...ports.map((port) => `-iTCP:${port}`), '-sTCP:LISTEN', '-Fpcn'];
  try {
    return parseLsof(execFileSync('lsof', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (error) {
    // lsof ends with 1 if one of the ports is free; what it found stands in its output. Without lsof nothing is known.
    return parseLsof(String((error as { stdout?: string }).stdout ?? ''));
  }
}
