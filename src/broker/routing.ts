import type { RequestContext, RequestHandler } from '../remoting/request-context.ts';
import type { Mastership } from './mastership.ts';

/**
 * Who may answer a request (raft/SAFETY.md 6). `local`: every node. `master`: the serving master, because it changes state. `fresh`: the
 * serving master after it has proved that it still is one, because a stale answer would mislead the client. `copy`: like `fresh`, but a
 * slave that stands in for a master that nobody can reach answers, too.
 */
export type Access = 'local' | 'master' | 'fresh' | 'copy';

/** One row of the routing table. */
export interface Route {
  readonly code: number;
  readonly access: Access;
  readonly handle: RequestHandler;
}

/** Code 14: certainly not done, now or later. */
const SERVICE_NOT_AVAILABLE = 14;
const NOT_MASTER =
  'this broker is not the master of its group, and it knows none to hand the request to; nothing was changed';

/** Puts the question of mastership in front of a handler. */
export function guard(route: Route, mastership: Mastership): RequestHandler {
  const { access, handle } = route;
  if (access === 'local') return handle;
  if (access === 'master') {
    return (context) => {
      if (mastership.serving) handle(context);
      else passOn(context, mastership);
    };
  }
  return (context) => {
    if (access === 'copy' && mastership.standsIn) return handle(context);
    if (!mastership.serving) return passOn(context, mastership);
    mastership.confirm((master) => {
      if (master) handle(context);
      else passOn(context, mastership);
    });
  };
}

function passOn(context: RequestContext, mastership: Mastership): void {
  if (!mastership.forward(context)) context.reply(SERVICE_NOT_AVAILABLE, NOT_MASTER);
}
