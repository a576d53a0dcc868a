import type { Platform } from '../../src/platform/ports.ts';
import type { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { Agreement } from './agreement.ts';
import type { ControllerConfig } from './config.ts';
import type { LiveBrokers } from './live-brokers.ts';
import type { MasterWatch } from './master-watch.ts';
import type { ControllerState } from './state/broker-set.ts';

/** What any controller tells about its group. */
export interface ControllerMetadata {
  readonly group: string;
  /** Undefined while none is known. */
  readonly leaderId: string | undefined;
  readonly leaderAddress: string | undefined;
  readonly isLeader: boolean;
  readonly peers: readonly { readonly id: string; readonly address: string }[];
}

/** What the processors of a controller share. */
export interface ControllerParts {
  readonly platform: Platform;
  readonly config: ControllerConfig;
  readonly live: LiveBrokers;
  readonly agreement: Agreement;
  readonly masters: MasterWatch;
  /** As this controller knows it. */
  readonly state: () => ControllerState;
  readonly metadata: () => ControllerMetadata;
}

/** Enters the handlers of one or a few related requests. */
export type Processor = (dispatcher: Dispatcher, parts: ControllerParts) => void;
