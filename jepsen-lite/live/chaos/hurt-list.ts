/** Which members may lack what they acknowledged, so that never more than a minority does: more is beyond what the group promises. */
export class HurtList {
  readonly #members: number;
  /** Number of starts of the member when it was hurt. */
  readonly #hurt = new Map<string, number>();

  constructor(members: number) {
    this.#members = members;
  }

  get names(): readonly string[] {
    return [...this.#hurt.keys()];
  }

  /** Whether at most a minority would be hurt with this one. */
  mayHurt(name: string): boolean {
    const others = this.#hurt.size - (this.#hurt.has(name) ? 1 : 0);
    return others + 1 <= Math.floor((this.#members - 1) / 2);
  }

  isHurt(name: string): boolean {
    return this.#hurt.has(name);
  }

  hurt(name: string, starts: number): void {
    this.#hurt.set(name, starts);
  }

  /** A member told how it is: nothing is missing any more if it was started since, and says that it is whole. */
  heard(name: string, starts: number, isWhole: boolean): void {
    const since = this.#hurt.get(name);
    if (since !== undefined && starts > since && isWhole) this.#hurt.delete(name);
  }
}
