import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The files that are run as name server and brokers. */
export interface Programs {
  readonly mqnamesrv: string;
  readonly mqbroker: string;
}

/** Flags that keep a node small and spare it most of the garbage collection under load; see the README for the measurements. */
export const defaultNodeFlags: readonly string[] = [
  '--max-semi-space-size=4',
  '--initial-old-space-size=64',
  '--v8-pool-size=1',
  '--no-parallel-scavenge',
];

/** Disk work runs in libuv's pool: more threads than the usual four, so that a slow read does not hold up a write. */
export const nodeEnvironment: Readonly<Record<string, string>> = { UV_THREADPOOL_SIZE: '8' };

/** The shipped programs. They must have been built. */
export function defaultPrograms(): Programs {
  const folder = join(packageRoot(), 'dist', 'bin');
  return { mqnamesrv: join(folder, 'mqnamesrv.js'), mqbroker: join(folder, 'mqbroker.js') };
}
