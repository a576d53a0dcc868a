import { createNodePlatform } from '../platform/node/node-platform.ts';
import type { AdminSurroundings } from './mqadmin.ts';

/** This process: its output, its environment and the real world. A reader that goes away early (`| head`) ends it quietly. */
export function processSurroundings(): AdminSurroundings {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    platform: () => createNodePlatform({ logger: { level: 'error' } }),
    nameServers: process.env['NAMESRV_ADDR'],
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
  };
}
