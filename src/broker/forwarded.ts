import type { ExtFields } from '../protocol/remoting-command.ts';
import type { RequestContext } from '../remoting/request-context.ts';

/** Header fields that a forwarding node adds (raft/SAFETY.md 6): a request that carries them is never forwarded again. */
const TERM = '_ledgermqForwardTerm';
const CLIENT = '_ledgermqForwardClient';

/** The address of the client that made a request: the connection's, or the one that the forwarding node wrote down. */
export interface ClientAddress {
  readonly host: string;
  readonly port: number;
}

/** Fields of a request as it goes on to the master. */
export function forwardedFields(context: RequestContext, term: number): ExtFields {
  const { remoteHost, remotePort } = context.connection;
  return { ...context.command.extFields, [TERM]: String(term), [CLIENT]: `${remotePort}@${remoteHost}` };
}

/** Did another node of the group send this request on? */
export function isForwarded(context: RequestContext): boolean {
  return context.command.extFields[TERM] !== undefined;
}

export function clientAddress(context: RequestContext): ClientAddress {
  const forwarded = context.command.extFields[CLIENT];
  const at = forwarded?.indexOf('@') ?? -1;
  if (forwarded === undefined || at < 1) {
    return { host: context.connection.remoteHost, port: context.connection.remotePort };
  }
  return { host: forwarded.slice(at + 1), port: Number(forwarded.slice(0, at)) || 0 };
}
