import type { Platform } from '../ports.ts';
import { nodeClock } from './clock.ts';
import { NodeDisk } from './disk.ts';
import { createNodeLogger, type NodeLoggerOptions } from './logger.ts';
import { NodeNetwork } from './network.ts';
import { createNodeProcessInfo } from './process.ts';
import { nodeRandom } from './random.ts';
import { NodeTimers } from './timers.ts';

export interface NodePlatformOptions {
  readonly logger?: NodeLoggerOptions;
}

/** The real world: one per process, made by a composition root and handed to everything else. */
export function createNodePlatform(options: NodePlatformOptions = {}): Platform {
  const logger = createNodeLogger(options.logger);
  return {
    clock: nodeClock,
    timers: new NodeTimers(),
    random: nodeRandom,
    disk: new NodeDisk(),
    network: new NodeNetwork(logger),
    logger,
    process: createNodeProcessInfo(),
  };
}
