import type { Platform } from '../../platform/ports.ts';
import { parseAddress } from '../../protocol/message/host.ts';
import { createUniqueKeyGenerator } from '../../protocol/message/message-id.ts';
import type { SendSettings } from './prepare-send.ts';

/** The settings of a sender, with RocketMQ's defaults. */
export function createSendSettings(
  platform: Platform,
  group: string,
  options: {
    readonly autoCreateQueues?: number;
    readonly compressAtBytes?: number;
    readonly maxMessageBytes?: number;
  } = {},
): SendSettings {
  const address = platform.network.localAddresses()[0];
  const addressBytes = Uint8Array.from((address && parseAddress(address)) || [127, 0, 0, 1]);
  return {
    group,
    autoCreateQueues: options.autoCreateQueues ?? 4,
    compressAtBytes: options.compressAtBytes ?? 4_096,
    maxMessageBytes: options.maxMessageBytes ?? 4 * 1024 * 1024,
    nowMs: () => platform.clock.nowMs(),
    newMessageId: createUniqueKeyGenerator(platform, addressBytes),
  };
}
