import type { DirectoryLock, Platform } from '../../src/platform/ports.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import type { GroupMember } from '../dledger/group-records.ts';
import type { GroupSettings } from '../dledger/group-settings.ts';
import { MemberRefused, WrongConfiguration } from '../dledger/open-member.ts';
import { openRaftStorage, type RaftStorage } from '../raft-storage/open-raft-storage.ts';
import { type ControllerConfig, controllerGroup } from './config.ts';

/** A controller's directory, opened, and what its configuration says. */
export interface OpenController extends GroupMember {
  readonly platform: Platform;
  readonly config: ControllerConfig;
  readonly settings: GroupSettings;
  readonly lock: DirectoryLock;
  readonly storage: RaftStorage;
}

/** Checks the configuration, locks the directory and recovers what is in it. Throws MemberRefused. */
export function openController(platform: Platform, config: ControllerConfig): OpenController {
  const settings = controllerGroup(config);
  if (typeof settings === 'string') throw new WrongConfiguration(settings);
  const { controllerStorePath: root, mappedFileSize } = config.values;
  const directory = `${root}/dledger-${settings.self.id}`;
  const { disk } = platform;
  if (disk.exists(`${directory}/currterm`) && !disk.exists(`${directory}/hardstate`)) {
    throw new MemberRefused(
      `controllerStorePath=${root}: RocketMQ's own controller wrote ${directory}, in a form of its own. Give this controller another path: brokers keep their ids`,
    );
  }
  disk.makeDirectory(directory);
  const lock = disk.lock(directory);
  if (lock === undefined) {
    throw new MemberRefused(
      `controllerStorePath=${root}: another process uses ${directory}. Stop it, or give this controller another path`,
    );
  }
  try {
    const storage = openRaftStorage({
      platform,
      directory,
      memberId: settings.self.id,
      groupName: settings.groupName,
      segmentBytes: mappedFileSize,
      firstPosition: 0,
      // Few bytes, on which all the brokers rest.
      syncFlush: true,
      aloneInGroup: settings.peers.length === 1,
    });
    if ('message' in storage) throw new MemberRefused(storage.message);
    return { platform, config, settings, lock, storage, storeHost: recordHost(platform, settings) };
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

/** Records hold an IP address; members may be known by name. */
function recordHost(platform: Platform, { self }: GroupSettings): Uint8Array {
  const own = [self.host, ...platform.network.localAddresses(), '127.0.0.1'];
  for (const host of own) {
    const encoded = encodeHost(host, self.port);
    if (encoded !== undefined) return encoded;
  }
  throw new Error('127.0.0.1 is an address');
}
