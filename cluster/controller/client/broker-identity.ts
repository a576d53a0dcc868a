import type { Disk } from '../../../src/platform/ports.ts';

/** Whose id it is. */
export interface SetName {
  readonly clusterName: string;
  readonly brokerName: string;
}

/** An id that this broker has asked for, and does not know yet whether it got it. */
export interface WantedId {
  readonly brokerId: number;
  readonly checkCode: string;
}

/**
 * This broker's id in its set, in RocketMQ's two files: `brokerIdentity` (`cluster#name#id`) once it is known, `brokerIdentity-temp` (with the check code
 * behind it) while it is asked for, so that a crash in between takes no second id. Every change is durable before the call returns.
 */
export class BrokerIdentity {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #name: SetName;
  #brokerId: number | undefined;
  #wanted: WantedId | undefined;

  private constructor(disk: Disk, path: string, name: SetName) {
    this.#disk = disk;
    this.#path = path;
    this.#name = name;
  }

  /** Reads the files. A text says why they cannot be used: they are another broker's, or damaged. Throws the disk's error. */
  static open(disk: Disk, path: string, name: SetName): BrokerIdentity | string {
    const identity = new BrokerIdentity(disk, path, name);
    const problem = identity.#read();
    return problem ?? identity;
  }

  /** Undefined until the controllers have given it. */
  get brokerId(): number | undefined {
    return this.#brokerId;
  }

  get wanted(): WantedId | undefined {
    return this.#wanted;
  }

  get path(): string {
    return this.#path;
  }

  /** The controllers are going to be asked for this id. */
  want(wanted: WantedId): void {
    this.#disk.replaceFile(this.#temporary, Buffer.from(`${this.#text(wanted.brokerId)}#${wanted.checkCode}`));
    this.#wanted = wanted;
  }

  /** They refused it: another broker was faster. */
  giveUp(): void {
    this.#disk.remove(this.#temporary);
    this.#wanted = undefined;
  }

  /** They gave it. */
  keep(brokerId: number): void {
    this.#disk.replaceFile(this.#path, Buffer.from(this.#text(brokerId)));
    this.#brokerId = brokerId;
    this.giveUp();
  }

  get #temporary(): string {
    return `${this.#path}-temp`;
  }

  #text(brokerId: number): string {
    return `${this.#name.clusterName}#${this.#name.brokerName}#${brokerId}`;
  }

  #read(): string | undefined {
    const kept = this.#parse(this.#path, 3);
    if (typeof kept === 'string') return kept;
    this.#brokerId = kept?.brokerId;
    if (kept !== undefined) return undefined;
    const wanted = this.#parse(this.#temporary, 4);
    if (typeof wanted === 'string') return wanted;
    this.#wanted = wanted;
    return undefined;
  }

  #parse(path: string, parts: number): WantedId | undefined | string {
    const text = this.#disk.readFile(path)?.toString('utf8').trim();
    if (text === undefined || text === '') return undefined;
    const [clusterName, brokerName, id, checkCode = ''] = text.split('#');
    const brokerId = Number(id);
    if (text.split('#').length !== parts || !Number.isSafeInteger(brokerId) || brokerId < 1) {
      return `${path} holds "${text}", which is no identity of a broker: remove it, and this broker gets a new id`;
    }
    const { clusterName: cluster, brokerName: name } = this.#name;
    if (clusterName === cluster && brokerName === name) return { brokerId, checkCode };
    return (
      `${path} says that this directory belongs to broker ${brokerName} of cluster ${clusterName}, not to ${name} of ${cluster}: ` +
      'correct brokerName and brokerClusterName, or give this broker a storePathRootDir of its own'
    );
  }
}
