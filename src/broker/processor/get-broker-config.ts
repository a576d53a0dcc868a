import { getBrokerConfig } from '../../protocol/command/get-broker-config.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { formatProperties } from '../config/properties.ts';
import type { BrokerParts } from '../parts.ts';

/** The configuration in force, as properties text. */
export function getBrokerConfigProcessor({ config }: BrokerParts, startedAtMs: number): RequestHandler {
  const entries = Object.entries(config).map(([key, value]): [string, string] => [key, String(value)]);
  const text = formatProperties(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  const version = JSON.stringify({ counter: 0, stateVersion: 0, timestamp: startedAtMs });
  return (context) => {
    context.respond(getBrokerConfig, ResponseCode.SUCCESS, { version }, undefined, [Buffer.from(text)]);
  };
}
