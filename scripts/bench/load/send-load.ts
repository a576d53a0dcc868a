import { ConnectionsLoad, type ServerAddress } from './connections-load.ts';
import { SendConnection } from './send-connection.ts';
import { SendFrames } from './send-frames.ts';
import type { Tally } from './window.ts';

export interface SendShape {
  readonly connections: number;
  /** Sends on their way on each connection. */
  readonly inFlight: number;
}

export interface SendTarget extends ServerAddress {
  readonly topic: string;
  readonly queues: number;
}

export const BODY_BYTES = 1024;

/** Sends prepared frames as fast as answers come. */
export class SendLoad extends ConnectionsLoad {
  constructor(target: SendTarget, shape: SendShape, tally: Tally) {
    const frames = new SendFrames(target.topic, target.queues, BODY_BYTES);
    super(target, shape.connections, (_index, fail) => new SendConnection(shape.inFlight, frames, tally, fail));
  }
}
