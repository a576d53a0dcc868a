import type { Platform } from '../../platform/ports.ts';

/** What an example program works with. */
export interface ExampleSurroundings {
  readonly platform: Platform;
  readonly nameServers: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Aborted when the program is to end. */
  readonly signal: AbortSignal;
}

/** A program of RocketMQ's examples. Resolves to the exit code when it is done, or soon after the signal. */
export type Example = (surroundings: ExampleSurroundings) => Promise<number>;
