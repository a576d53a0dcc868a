import type { Clock, Disk, Logger } from '../../src/platform/ports.ts';
import type { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { NamesrvConfig } from './config.ts';
import type { KvConfig } from './kv-config.ts';
import type { RouteTable } from './route-table.ts';

/** What the processors of a name server share. */
export interface NameServerState {
  readonly table: RouteTable;
  readonly kv: KvConfig;
  readonly config: NamesrvConfig;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly logger: Logger;
}

/** Enters the handlers of one or a few related requests. */
export type Processor = (dispatcher: Dispatcher, state: NameServerState) => void;
