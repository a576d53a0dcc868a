import type { SubscriptionGroupConfig } from '../../protocol/body/subscription-group-config.ts';

/** Settings of one group. Never changed in place. */
export type GroupConfig = SubscriptionGroupConfig;

/** A config with RocketMQ's defaults, its keys in one order everywhere (snapshots are compared by bytes). */
export function groupConfig(groupName: string, fields: Partial<GroupConfig> = {}): GroupConfig {
  return {
    groupName,
    consumeEnable: fields.consumeEnable ?? true,
    consumeFromMinEnable: fields.consumeFromMinEnable ?? true,
    consumeBroadcastEnable: fields.consumeBroadcastEnable ?? true,
    consumeMessageOrderly: fields.consumeMessageOrderly ?? false,
    retryQueueNums: fields.retryQueueNums ?? 1,
    retryMaxTimes: fields.retryMaxTimes ?? 16,
    groupRetryPolicy: fields.groupRetryPolicy ?? { type: 'CUSTOMIZED' },
    brokerId: fields.brokerId ?? 0,
    whichBrokerWhenConsumeSlowly: fields.whichBrokerWhenConsumeSlowly ?? 1,
    notifyConsumerIdsChangedEnable: fields.notifyConsumerIdsChangedEnable ?? true,
    groupSysFlag: fields.groupSysFlag ?? 0,
    consumeTimeoutMinute: fields.consumeTimeoutMinute ?? 15,
    ...(fields.subscriptionDataSet === undefined ? {} : { subscriptionDataSet: fields.subscriptionDataSet }),
    attributes: fields.attributes ?? {},
  };
}

/** `undefined` if the name may be used, otherwise what is wrong with it (TopicValidator.validateGroup). */
export function groupNameProblem(group: string): string | undefined {
  if (group.trim() === '') return 'The specified group is blank.';
  if (!/^[%|a-zA-Z0-9_-]+$/.test(group)) {
    return 'The specified group contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$';
  }
  return group.length > 255 ? 'The specified group is longer than group max length.' : undefined;
}
