import type { PortError } from '../../raft/index.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { RenewedMember } from '../dledger/renewed-member.ts';
import type { ControllerConfig } from './config.ts';
import { ControllerNode, type ControllerStatus } from './controller-node.ts';

/** A controller for as long as its process lives. */
export class Controller extends RenewedMember<ControllerNode> {
  /** See ControllerNode. Throws MemberRefused, or the disk's error. */
  constructor(platform: Platform, config: ControllerConfig, onFatal: (error: PortError) => void) {
    super(platform, (onRenew) => new ControllerNode(platform, config, onFatal, onRenew), onFatal);
  }

  /** Where brokers and tools find it. */
  get address(): string {
    return this.current.address;
  }

  /** See ControllerNode. */
  get parts(): ControllerNode['parts'] {
    return this.current.parts;
  }

  status(): ControllerStatus {
    return this.current.status();
  }
}
