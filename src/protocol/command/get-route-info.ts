import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads the route of a topic. The answer's body is TopicRouteData. */
export const getRouteInfo = defineCommand({
  code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
  name: 'GET_ROUTEINFO_BY_TOPIC',
  request: {
    topic: 'string',
    acceptStandardJsonOnly: 'boolean?',
  },
});

export type GetRouteInfoRequest = RequestOf<typeof getRouteInfo>;
