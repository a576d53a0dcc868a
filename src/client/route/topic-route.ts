import { Permission } from '../../protocol/message/flags.ts';
import { compareText, type MessageQueue } from '../message-queue.ts';

const MASTER_ID = 0;

/** The members of one broker group, as the name server knows them. */
export interface RouteGroup {
  readonly brokerName: string;
  readonly cluster: string;
  /** Members by rising broker id; id 0 is the master. */
  readonly members: readonly RouteMember[];
}

export interface RouteMember {
  readonly brokerId: number;
  /** `host:port`. */
  readonly address: string;
}

/** How many queues of the topic one broker group has. */
export interface RouteQueues {
  readonly brokerName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  readonly perm: number;
}

/** Where a topic lives: immutable, replaced as a whole by each refresh. */
export class TopicRoute {
  readonly topic: string;
  /** By broker name, sorted. */
  readonly groups: ReadonlyMap<string, RouteGroup>;
  readonly queues: readonly RouteQueues[];
  /** Queues that messages may be sent to: sorted by broker name, then number. */
  readonly sendQueues: readonly MessageQueue[];
  /** Queues that can be consumed, in the order of `compareQueues`. */
  readonly readQueues: readonly MessageQueue[];

  constructor(topic: string, groups: readonly RouteGroup[], queues: readonly RouteQueues[]) {
    this.topic = topic;
    this.groups = new Map(groups.toSorted(byName).map((group) => [group.brokerName, group]));
    this.queues = queues.toSorted(byName);
    const usable = this.queues.filter((each) => (this.groups.get(each.brokerName)?.members.length ?? 0) > 0);
    this.sendQueues = usable
      .filter((each) => each.perm & Permission.WRITE)
      .flatMap((each) => expand(topic, each, each.writeQueueNums));
    this.readQueues = usable
      .filter((each) => each.perm & Permission.READ)
      .flatMap((each) => expand(topic, each, each.readQueueNums));
  }

  /** The master of a group, or undefined while it has none. */
  master(brokerName: string): RouteMember | undefined {
    return this.groups.get(brokerName)?.members.find((member) => member.brokerId === MASTER_ID);
  }

  /** The addresses of all members of all groups. */
  addresses(): string[] {
    return [...this.groups.values()].flatMap((group) => group.members.map((member) => member.address));
  }

  /** Whether two routes say the same. */
  equals(other: TopicRoute): boolean {
    return JSON.stringify(this.#plain()) === JSON.stringify(other.#plain());
  }

  #plain(): unknown {
    return [this.topic, [...this.groups.values()], this.queues];
  }
}

function byName(a: { readonly brokerName: string }, b: { readonly brokerName: string }): number {
  return compareText(a.brokerName, b.brokerName);
}

function expand(topic: string, { brokerName }: RouteQueues, count: number): MessageQueue[] {
  return Array.from({ length: count }, (_, queueId) => ({ topic, brokerName, queueId }));
}
