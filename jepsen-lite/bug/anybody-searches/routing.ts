import type { Mastership } from '../../../src/broker/mastership.ts';
import * as real from '../../../src/broker/routing.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import type { RequestHandler } from '../../../src/remoting/request-context.ts';

export type { Access, Route } from '../../../src/broker/routing.ts';

export function guard(route: real.Route, mastership: Mastership): RequestHandler {
  return route.code === RequestCode.SEARCH_OFFSET_BY_TIMESTAMP ? route.handle : real.guard(route, mastership);
}
