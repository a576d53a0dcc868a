import { ClientError } from './errors.ts';

/** What every client needs. */
export interface ClientOptions {
  /** Name servers: `host:port`, several separated by `;` or as a list. */
  readonly nameServers: string | readonly string[];
  /** Tells apart clients of one machine; part of the client id. Default: process id and a random number. */
  readonly instanceName?: string;
  /** How old a route may get, in milliseconds. Default 30 s. */
  readonly routeRefreshMs?: number;
  /** How often brokers are told that this client lives. Default 30 s. */
  readonly heartbeatMs?: number;
}

const NAME = /^[%|a-zA-Z0-9_-]+$/;
const LONGEST_NAME = 255;
const LONGEST_TOPIC = 127;

/** Splits and checks a list of name servers; throws a `ClientError` that names the wrong entry. */
export function parseNameServers(list: string | readonly string[]): string[] {
  const given: readonly unknown[] = typeof list === 'string' ? list.split(/[;,]/) : Array.isArray(list) ? list : [];
  const entries = given.map((entry) => String(entry).trim());
  const addresses = entries.filter((entry) => entry !== '');
  if (addresses.length === 0) {
    throw new ClientError('invalid-argument', 'nameServers names no server; give host:port, several separated by ";".');
  }
  for (const address of addresses) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    if (!/^.+:\d+$/.test(address) || port < 1 || port > 65_535) {
      throw new ClientError(
        'invalid-argument',
        `nameServers contains ${JSON.stringify(address)}, which is not host:port.`,
      );
    }
  }
  return [...new Set(addresses)];
}

/** Checks the name of a producer or consumer group; throws a `ClientError`. */
export function checkGroup(group: string): void {
  if (typeof group !== 'string' || group.length > LONGEST_NAME || !NAME.test(group)) {
    const rule = `at most ${LONGEST_NAME} letters, digits, "_", "-", "%" and "|"`;
    throw new ClientError('invalid-argument', `group is ${JSON.stringify(group)}; it must consist of ${rule}.`);
  }
}

/** Says what is wrong with a topic's name, or undefined. */
export function topicProblem(topic: string): string | undefined {
  if (typeof topic === 'string' && topic.length <= LONGEST_TOPIC && NAME.test(topic)) return undefined;
  return `topic is ${JSON.stringify(topic)}; it must consist of at most ${LONGEST_TOPIC} letters, digits, "_", "-", "%" and "|".`;
}
