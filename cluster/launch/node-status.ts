import { request } from 'undici';
import type { NodeStatus, RaftStatus } from '../../src/http/status-source.ts';

/** What a broker says about itself over HTTP. */
export interface BrokerReport extends Partial<Omit<NodeStatus, 'notReady'>> {
  /** Can it serve clients, by itself or through its leader? */
  readonly ready: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly raft?: RaftStatus;
}

const PATIENCE_MS = 1_000;

/** Asks a broker; undefined if it does not answer. `httpUrl` has no slash at the end. */
export async function readNodeStatus(httpUrl: string): Promise<BrokerReport | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const { statusCode, body } = await request(`${httpUrl}/status`, { signal: abort.signal });
    const text = await body.text();
    return statusCode === 200 ? (JSON.parse(text) as BrokerReport) : undefined;
  } catch {
    // Not listening yet, too slow, or dead: the caller sees that there is no answer.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
