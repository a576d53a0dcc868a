import { topicRouteData } from '../../protocol/body/topic-route-data.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ClientError } from '../errors.ts';
import { TopicRoute } from './topic-route.ts';

/** The route in the body of a GET_ROUTEINFO_BY_TOPIC answer, whichever JSON dialect the name server writes. */
export function readRoute(topic: string, body: Buffer): TopicRoute | ClientError {
  const data = topicRouteData.decode(body);
  if (data instanceof BodyError) {
    return new ClientError('bad-response', `the route of topic ${topic} cannot be read: ${data.message}`);
  }
  const groups = data.brokerDatas.map(({ brokerName, cluster, brokerAddrs }) => ({
    brokerName,
    cluster,
    members: [...brokerAddrs]
      .map(([brokerId, address]) => ({ brokerId, address }))
      .sort((a, b) => a.brokerId - b.brokerId),
  }));
  return new TopicRoute(topic, groups, data.queueDatas);
}
