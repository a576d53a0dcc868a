import {
  type SubscriptionGroupConfig,
  subscriptionGroupConfig,
} from '../../protocol/body/subscription-group-config.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { updateSubscriptionGroup } from '../../protocol/command/update-subscription-group.ts';
import type { AdminCommand } from '../admin-command.ts';
import { UsageError } from '../admin-error.ts';
import type { Arguments } from '../arguments.ts';
import { javaMapText } from '../format/java-hash-order.ts';
import { parseAttributes } from './update-topic.ts';

const MAX_INT = 2_147_483_647;

export const updateSubGroup: AdminCommand = {
  name: 'updateSubGroup',
  description: 'Update or create subscription group.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'create subscription group to which broker' },
    { short: 'c', long: 'clusterName', description: 'create subscription group to which cluster' },
    { short: 'g', long: 'groupName', description: 'consumer group name', required: true },
    { short: 's', long: 'consumeEnable', description: 'consume enable' },
    { short: 'm', long: 'consumeFromMinEnable', description: 'from min offset' },
    { short: 'd', long: 'consumeBroadcastEnable', description: 'broadcast' },
    { short: 'o', long: 'consumeMessageOrderly', description: 'consume message orderly' },
    { short: 'q', long: 'retryQueueNums', description: 'retry queue nums' },
    { short: 'r', long: 'retryMaxTimes', description: 'retry max times' },
    {
      short: 'p',
      long: 'groupRetryPolicy',
      description:
        'the json string of retry policy, such as {"type":"CUSTOMIZED","customizedRetryPolicy":{"next":[1000,5000]}}',
    },
    { short: 'i', long: 'brokerId', description: 'consumer from which broker id' },
    { short: 'w', long: 'whichBrokerWhenConsumeSlowly', description: 'which broker id when consume slowly' },
    { short: 'a', long: 'notifyConsumerIdsChanged', description: 'notify consumerId changed' },
    { long: 'attributes', description: 'attribute(+a=b,+c=d,-e)' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const config = readConfig(args);
    const cluster = args.find('clusterName');
    const addresses = cluster === undefined ? [args.text('brokerAddr')] : await admin.masters(cluster);
    for (const address of addresses) {
      await admin.ask(updateSubscriptionGroup, address, {}, subscriptionGroupConfig.encode(config));
      output.print(`create subscription group to ${address} success.\n`);
    }
    // As RocketMQ, without an end of line.
    output.print(formatGroupConfig(config));
  },
};

function readConfig(args: Arguments): SubscriptionGroupConfig {
  return {
    groupName: args.text('groupName'),
    consumeEnable: args.boolean('consumeEnable', true),
    consumeFromMinEnable: args.boolean('consumeFromMinEnable', false),
    consumeBroadcastEnable: args.boolean('consumeBroadcastEnable', false),
    consumeMessageOrderly: args.boolean('consumeMessageOrderly', false),
    retryQueueNums: args.whole('retryQueueNums', 1, 0, 65_536),
    retryMaxTimes: args.whole('retryMaxTimes', 16, -1, MAX_INT),
    groupRetryPolicy: readPolicy(args.find('groupRetryPolicy')),
    brokerId: args.whole('brokerId', 0, 0),
    whichBrokerWhenConsumeSlowly: args.whole('whichBrokerWhenConsumeSlowly', 1, 0),
    notifyConsumerIdsChangedEnable: args.boolean('notifyConsumerIdsChanged', true),
    groupSysFlag: 0,
    consumeTimeoutMinute: 15,
    attributes: parseAttributes(args.find('attributes')),
  };
}

function readPolicy(text: string | undefined): SubscriptionGroupConfig['groupRetryPolicy'] {
  if (text === undefined) return { type: 'CUSTOMIZED' };
  const parsed = subscriptionGroupConfig.decode(Buffer.from(`{"groupName":"g","groupRetryPolicy":${text}}`));
  if (!(parsed instanceof BodyError)) return parsed.groupRetryPolicy;
  throw new UsageError(`--groupRetryPolicy is not a JSON object: ${text}`);
}

/** SubscriptionGroupConfig.toString */
export function formatGroupConfig(config: SubscriptionGroupConfig): string {
  const { groupRetryPolicy, attributes, ...rest } = config;
  const policy = (name: string): string => {
    const value = groupRetryPolicy[name];
    return value === undefined || value === null ? 'null' : typeof value === 'string' ? value : JSON.stringify(value);
  };
  const policyText = `GroupRetryPolicy{type=${policy('type')}, exponentialRetryPolicy=${policy('exponentialRetryPolicy')}, customizedRetryPolicy=${policy('customizedRetryPolicy')}}`;
  const fields = [
    ['groupName', rest.groupName],
    ['consumeEnable', rest.consumeEnable],
    ['consumeFromMinEnable', rest.consumeFromMinEnable],
    ['consumeBroadcastEnable', rest.consumeBroadcastEnable],
    ['consumeMessageOrderly', rest.consumeMessageOrderly],
    ['retryQueueNums', rest.retryQueueNums],
    ['retryMaxTimes', rest.retryMaxTimes],
    ['groupRetryPolicy', policyText],
    ['brokerId', rest.brokerId],
    ['whichBrokerWhenConsumeSlowly', rest.whichBrokerWhenConsumeSlowly],
    ['notifyConsumerIdsChangedEnable', rest.notifyConsumerIdsChangedEnable],
    ['groupSysFlag', rest.groupSysFlag],
    ['consumeTimeoutMinute', rest.consumeTimeoutMinute],
    ['subscriptionDataSet', 'null'],
    ['attributes', javaMapText(attributes)],
  ];
  return `SubscriptionGroupConfig{${fields.map(([name, value]) => `${name}=${value}`).join(', ')}}`;
}
