/**
 * Offsets that an operator reset while consumers were at work (ConsumerOffsetManager.assignResetOffset): until a consumer's next pull
 * has been moved there, what it reports is old and not taken. Of this master alone: after a change of master the group's stored offset
 * counts, which the reset has set too.
 */
export class OffsetResets {
  readonly #offsets = new Map<string, number>();

  set(group: string, topic: string, queueId: number, offset: number): void {
    this.#offsets.set(key(group, topic, queueId), offset);
  }

  get(group: string, topic: string, queueId: number): number | undefined {
    return this.#offsets.size === 0 ? undefined : this.#offsets.get(key(group, topic, queueId));
  }

  /** The consumer was told. */
  remove(group: string, topic: string, queueId: number): void {
    this.#offsets.delete(key(group, topic, queueId));
  }

  clear(): void {
    this.#offsets.clear();
  }
}

function key(group: string, topic: string, queueId: number): string {
  return `${topic}@${group}:${queueId}`;
}
