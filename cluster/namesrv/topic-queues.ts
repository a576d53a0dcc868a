import { Permission } from '../../src/protocol/message/flags.ts';

/** How many queues a topic has on one broker group, and what may be done with them (QueueData.java). */
export interface QueueData {
  readonly brokerName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

/** Which broker groups have which topic, with how many queues. Pure state: nobody's liveness is known here. */
export class TopicQueues {
  readonly #topics = new Map<string, Map<string, QueueData>>();

  /** Whether a broker group is known to have a topic. */
  has(topic: string, brokerName: string): boolean {
    return this.#topics.get(topic)?.has(brokerName) === true;
  }

  put(topic: string, data: QueueData): void {
    const queues = this.#topics.get(topic);
    if (queues === undefined) this.#topics.set(topic, new Map([[data.brokerName, data]]));
    else queues.set(data.brokerName, data);
  }

  /** The queues of a topic, one entry per broker group; undefined if nobody has it. */
  of(topic: string): readonly QueueData[] | undefined {
    const queues = this.#topics.get(topic);
    return queues === undefined ? undefined : [...queues.values()];
  }

  /** All topic names, in the order in which they were first seen. */
  names(): string[] {
    return [...this.#topics.keys()];
  }

  /** The topics that one of the broker groups has. */
  namesOf(brokerNames: ReadonlySet<string>): string[] {
    const names: string[] = [];
    for (const [topic, queues] of this.#topics) {
      for (const brokerName of queues.keys()) {
        if (!brokerNames.has(brokerName)) continue;
        names.push(topic);
        break;
      }
    }
    return names;
  }

  /** Takes a topic away from everybody, or from the given broker groups only. */
  remove(topic: string, brokerNames?: ReadonlySet<string>): void {
    const queues = this.#topics.get(topic);
    if (queues === undefined) return;
    for (const brokerName of [...queues.keys()]) {
      if (brokerNames === undefined || brokerNames.has(brokerName)) queues.delete(brokerName);
    }
    if (queues.size === 0) this.#topics.delete(topic);
  }

  /** A broker group is gone: it has no topic any more. */
  removeBroker(brokerName: string): void {
    const gone = new Set([brokerName]);
    for (const topic of this.names()) this.remove(topic, gone);
  }

  /** Takes the write permission from all topics of a broker group; returns their number. */
  wipeWrite(brokerName: string): number {
    return this.#changeAll(brokerName, (perm) => perm & ~Permission.WRITE);
  }

  /** Makes all topics of a broker group readable and writable; returns their number. */
  addWrite(brokerName: string): number {
    return this.#changeAll(brokerName, () => Permission.READ | Permission.WRITE);
  }

  #changeAll(brokerName: string, change: (perm: number) => number): number {
    let changed = 0;
    for (const queues of this.#topics.values()) {
      const data = queues.get(brokerName);
      if (data === undefined) continue;
      queues.set(brokerName, { ...data, perm: change(data.perm) });
      changed++;
    }
    return changed;
  }
}
