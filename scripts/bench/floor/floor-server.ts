import { mkdirSync, openSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { FloorFollower } from './floor-follower.ts';
import { FloorLeader } from './floor-leader.ts';

/** One of the floor's three processes, told by its parent what to be; it ends when the parent does. Says on which port it listens. */
export interface FloorOrder {
  readonly directory: string;
  /** Ports of the followers; none makes this process a follower. */
  readonly followers: readonly number[];
  /** Where the digits of the opaque stand in a send frame. */
  readonly opaqueAt: number;
}

function serve(order: FloorOrder): void {
  mkdirSync(order.directory, { recursive: true });
  const fd = openSync(join(order.directory, 'log'), 'w+');
  const isLeader = order.followers.length > 0;
  const node = isLeader ? new FloorLeader(fd, order.followers, order.opaqueAt) : new FloorFollower(fd);
  const server = createServer({ noDelay: true }, (socket) => node.accept(socket));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

process.once('message', (order) => serve(order as FloorOrder));
process.once('disconnect', () => process.exit());
