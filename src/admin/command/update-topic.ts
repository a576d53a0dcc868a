import type { TopicConfig } from '../../protocol/body/topic-config.ts';
import { getKvConfig } from '../../protocol/command/get-kv-config.ts';
import { putKvConfig } from '../../protocol/command/put-kv-config.ts';
import { updateTopic as updateTopicRequest } from '../../protocol/command/update-topic.ts';
import { permissionText } from '../../protocol/message/flags.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { AdminCommand } from '../admin-command.ts';
import { AdminError, UsageError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';
import type { Arguments } from '../arguments.ts';
import { javaHashOrder, javaMapText } from '../format/java-hash-order.ts';

const TEMPLATE_TOPIC = 'TBW102';
const ORDER_NAMESPACE = 'ORDER_TOPIC_CONFIG';
const MAX_QUEUES = 65_536;
const UNIT = 1;
const UNIT_SUBSCRIPTION = 2;

export const updateTopic: AdminCommand = {
  name: 'updateTopic',
  description: 'Update or create topic.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'create topic to which broker' },
    { short: 'c', long: 'clusterName', description: 'create topic to which cluster' },
    { short: 'a', long: 'attributes', description: 'attribute(+a=b,+c=d,-e)' },
    { short: 't', long: 'topic', description: 'topic name', required: true },
    { short: 'r', long: 'readQueueNums', description: 'set read queue nums' },
    { short: 'w', long: 'writeQueueNums', description: 'set write queue nums' },
    { short: 'p', long: 'perm', description: "set topic's permission(2|4|6), intro[2:W 4:R; 6:RW]" },
    { short: 'o', long: 'order', description: "set topic's order(true|false)" },
    { short: 'u', long: 'unit', description: 'is unit topic (true|false)' },
    { short: 's', long: 'hasUnitSub', description: 'has unit sub (true|false)' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const config = readConfig(args);
    const cluster = args.find('clusterName');
    const addresses = cluster === undefined ? [args.text('brokerAddr')] : await admin.masters(cluster);
    for (const address of addresses) {
      await createTopic(admin, address, config);
      if (cluster === undefined && config.order) output.print(await orderOnBroker(admin, address, config));
      output.print(`create topic to ${address} success.\n`);
    }
    if (cluster !== undefined && config.order) output.print(await orderInCluster(admin, cluster, config));
    output.print(`${formatTopicConfig(config)}\n`);
  },
};

function readConfig(args: Arguments): TopicConfig {
  const unit = args.boolean('unit', false) ? UNIT : 0;
  const unitSubscription = args.boolean('hasUnitSub', false) ? UNIT_SUBSCRIPTION : 0;
  return {
    topicName: args.text('topic'),
    readQueueNums: args.whole('readQueueNums', 8, 1, MAX_QUEUES),
    writeQueueNums: args.whole('writeQueueNums', 8, 1, MAX_QUEUES),
    perm: args.whole('perm', 6, 1, 7),
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: unit | unitSubscription,
    order: args.boolean('order', false),
    attributes: parseAttributes(args.find('attributes')),
  };
}

/** `+a=b,-c` as names with their sign. Throws a UsageError. */
export function parseAttributes(text: string | undefined): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const part of (text ?? '').split(',').filter((each) => each !== '')) {
    const [, added, value, removed] = /^(\+[^=]+)=(.+)$|^(-[^=]+)$/.exec(part) ?? [];
    const name = added ?? removed;
    if (name === undefined) throw new UsageError(`--attributes has "${part}", but wants +name=value or -name.`);
    attributes[name] = value ?? '';
  }
  return attributes;
}

async function createTopic(admin: AdminSession, address: string, config: TopicConfig): Promise<void> {
  const { topicName, attributes, ...rest } = config;
  const pairs = Object.entries(attributes).map(([name, value]) => (name.startsWith('+') ? `${name}=${value}` : name));
  await admin.ask(updateTopicRequest, address, {
    ...rest,
    topic: topicName,
    defaultTopic: TEMPLATE_TOPIC,
    attributes: pairs.join(','),
    force: false,
  });
}

/** Tells the name servers how many queues of an ordered topic this broker has, besides those of other brokers. */
async function orderOnBroker(admin: AdminSession, address: string, config: TopicConfig): Promise<string> {
  const { brokerAddrTable } = await admin.clusterInfo();
  const found = [...brokerAddrTable].find(([, { brokerAddrs }]) => [...brokerAddrs.values()].includes(address));
  if (found === undefined) {
    throw new AdminError(`The topic was created, but no broker is registered as ${address}, so its order is not set.`);
  }
  const added = `${found[0]}:${config.writeQueueNums}`;
  const key = { namespace: ORDER_NAMESPACE, key: config.topicName };
  const accept = [ResponseCode.QUERY_NOT_FOUND];
  const { header } = await admin.nameServers.ask(getKvConfig, key, { accept });
  const others = (header?.value ?? '').split(';').filter((part) => part !== '' && !part.startsWith(`${found[0]}:`));
  await putOrder(admin, config.topicName, [...others, added].join(';'));
  return `set broker orderConf. isOrder=true, orderConf=[${added}]\n`;
}

async function orderInCluster(admin: AdminSession, cluster: string, config: TopicConfig): Promise<string> {
  const names = (await admin.brokerGroups(cluster)).map(({ name }) => name);
  const order = javaHashOrder(names)
    .map((name) => `${name}:${config.writeQueueNums}`)
    .join(';');
  await putOrder(admin, config.topicName, order);
  return `set cluster orderConf. isOrder=true, orderConf=[${order}]\n`;
}

async function putOrder(admin: AdminSession, topic: string, value: string): Promise<void> {
  for (const address of admin.nameServers.addresses) {
    await admin.ask(putKvConfig, address, { namespace: ORDER_NAMESPACE, key: topic, value });
  }
}

/** TopicConfig.toString */
export function formatTopicConfig(config: TopicConfig): string {
  const { topicName, readQueueNums, writeQueueNums, perm, topicFilterType, topicSysFlag, order, attributes } = config;
  return `TopicConfig [topicName=${topicName}, readQueueNums=${readQueueNums}, writeQueueNums=${writeQueueNums}, perm=${permissionText(perm)}, topicFilterType=${topicFilterType}, topicSysFlag=${topicSysFlag}, order=${order}, attributes=${javaMapText(attributes)}]`;
}
