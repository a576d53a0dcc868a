import type { TopicConfig } from '../../protocol/body/topic-config.ts';
import { Permission } from '../../protocol/message/flags.ts';

export type { TopicConfig } from '../../protocol/body/topic-config.ts';

/** A config with RocketMQ's defaults, its keys in one order everywhere (snapshots are compared by bytes). */
export function topicConfig(topicName: string, fields: Partial<TopicConfig> = {}): TopicConfig {
  return {
    topicName,
    readQueueNums: fields.readQueueNums ?? 16,
    writeQueueNums: fields.writeQueueNums ?? 16,
    perm: fields.perm ?? Permission.READ | Permission.WRITE,
    topicFilterType: fields.topicFilterType ?? 'SINGLE_TAG',
    topicSysFlag: fields.topicSysFlag ?? 0,
    order: fields.order ?? false,
    attributes: fields.attributes ?? {},
  };
}

export function isReadable(perm: number): boolean {
  return (perm & Permission.READ) !== 0;
}

export function isWritable(perm: number): boolean {
  return (perm & Permission.WRITE) !== 0;
}

export function isInherited(perm: number): boolean {
  return (perm & Permission.INHERIT) !== 0;
}
