import { topicRouteData } from '../../../src/protocol/body/topic-route-data.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getRouteInfo } from '../../../src/protocol/command/get-route-info.ts';
import type { BrokerGroup } from '../broker-groups.ts';
import { ORDER_TOPIC_CONFIG } from '../kv-config.ts';
import type { Processor } from '../name-server-state.ts';

/** Stands in the answer of RocketMQ too, so that people find the page. */
const FAQ = 'See https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.';

/** GET_ROUTEINFO_BY_TOPIC: where the queues of a topic are. The body is strict JSON, which every client reads. */
export const getRouteInfoProcessor: Processor = (dispatcher, { table, kv, config }) => {
  dispatcher.registerTyped(getRouteInfo, (context, { topic }) => {
    const route = table.route(topic);
    if (route === undefined) {
      context.reply(ResponseCode.TOPIC_NOT_EXIST, `No topic route info in name server for the topic: ${topic}\n${FAQ}`);
      return;
    }
    const orderTopicConf = config.values.orderMessageEnable ? kv.get(ORDER_TOPIC_CONFIG, topic) : undefined;
    const body = topicRouteData.encode({
      orderTopicConf,
      queueDatas: route.queues,
      brokerDatas: route.groups.map(toBrokerData),
      filterServerTable: new Map(),
    });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
};

/** The wire form of a group, ids in rising order. */
export function toBrokerData({ cluster, brokerName, addresses, enableActingMaster }: BrokerGroup) {
  const brokerAddrs = new Map([...addresses].sort(([a], [b]) => a - b));
  return { cluster, brokerName, brokerAddrs, enableActingMaster };
}
