import { request } from 'undici';

/** What a broker says about itself over HTTP, as far as launchers want to know. */
export interface NodeStatus {
  /** Can it serve clients, by itself or through its leader? */
  readonly ready: boolean;
  readonly role: string | undefined;
  readonly term: number | undefined;
  readonly commitIndex: number | undefined;
  readonly appliedIndex: number | undefined;
  readonly lastIndex: number | undefined;
}

const PATIENCE_MS = 1_000;

/** Asks a broker; undefined if it does not answer. `httpUrl` has no slash at the end. */
export async function readNodeStatus(httpUrl: string): Promise<NodeStatus | undefined> {
  try {
    const [ready, status] = await Promise.all([get(`${httpUrl}/health/ready`), get(`${httpUrl}/status`)]);
    const raft = pick(status.body, 'raft') ?? status.body;
    return {
      ready: ready.code === 200,
      role: text(pick(raft, 'role')),
      term: number(pick(raft, 'term')),
      commitIndex: number(pick(raft, 'commitIndex')),
      appliedIndex: number(pick(raft, 'appliedIndex')),
      lastIndex: number(pick(raft, 'lastIndex')),
    };
  } catch {
    // Not listening yet, or dead: the caller sees that there is no answer.
    return undefined;
  }
}

async function get(url: string): Promise<{ readonly code: number; readonly body: unknown }> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const content = await body.text();
  return { code: statusCode, body: content.startsWith('{') ? JSON.parse(content) : undefined };
}

function pick(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
