import { ConnectionsLoad } from './connections-load.ts';
import { PullConnection, type PullTarget } from './pull-connection.ts';
import type { SendTarget } from './send-load.ts';
import type { Tally } from './window.ts';

const CONNECTIONS = 4;

/** Reads all queues of a topic from their start, over a few connections, as fast as answers come. */
export class PullLoad extends ConnectionsLoad {
  constructor(target: SendTarget & PullTarget, tally: Tally) {
    const queueIds = Array.from({ length: target.queues }, (_, queueId) => queueId);
    super(target, CONNECTIONS, (index, fail) => {
      const own = queueIds.filter((queueId) => queueId % CONNECTIONS === index);
      return new PullConnection(target, own, tally, fail);
    });
  }
}
