import type { PullTarget } from '../load/pull-connection.ts';
import type { SendTarget } from '../load/send-load.ts';
import type { WatchedProcess } from './cpu-meter.ts';

/** What is measured: some processes that take messages. */
export interface System {
  readonly target: SendTarget & PullTarget;
  /** Its processes, the leader first. */
  readonly processes: readonly WatchedProcess[];
  /** Ends its processes; bounded in time. */
  stop(): Promise<void>;
}

export const TOPIC = 'BenchTopic';
export const QUEUES = 8;
