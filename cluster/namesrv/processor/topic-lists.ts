import { topicList } from '../../../src/protocol/body/topic-list.ts';
import { RequestCode, ResponseCode } from '../../../src/protocol/codes.ts';
import { getTopicList } from '../../../src/protocol/command/get-topic-list.ts';
import { getTopicsByCluster } from '../../../src/protocol/command/get-topics-by-cluster.ts';
import type { RequestContext } from '../../../src/remoting/request-context.ts';
import type { Processor } from '../name-server-state.ts';

/** GET_ALL_TOPIC_LIST_FROM_NAMESERVER, GET_TOPICS_BY_CLUSTER and GET_SYSTEM_TOPIC_LIST_FROM_NS. */
export const topicListsProcessor: Processor = (dispatcher, { table, config }) => {
  dispatcher.registerTyped(getTopicList, (context) => {
    if (config.values.enableAllTopicList) answer(context, table.topics());
    else context.reply(ResponseCode.NO_PERMISSION, 'disable: enableAllTopicList is false in this name server');
  });
  dispatcher.registerTyped(getTopicsByCluster, (context, { cluster }) => {
    if (config.values.enableTopicList) answer(context, table.topicsOfCluster(cluster));
    else context.reply(ResponseCode.NO_PERMISSION, 'disable: enableTopicList is false in this name server');
  });
  dispatcher.register(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, (context) => {
    const names = [...table.clusters()].flatMap(([cluster, brokerNames]) => [cluster, ...brokerNames]);
    const [first] = table.groups();
    answer(context, [...new Set(names)], first?.addresses.values().next().value);
  });
};

function answer(context: RequestContext, topics: readonly string[], brokerAddr?: string): void {
  context.reply(ResponseCode.SUCCESS, undefined, undefined, [topicList.encode({ topicList: topics, brokerAddr })]);
}
