import { createNodePlatform } from '../../platform/node/node-platform.ts';
import { mqadmin } from '../mqadmin.ts';

// `mqadmin topicList | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await mqadmin(process.argv.slice(2), {
  platform: () => createNodePlatform({ logger: { level: 'error' } }),
  nameServers: process.env['NAMESRV_ADDR'],
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
});
