import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceivedMessage } from '../client/received-message.ts';

const FOLDER = ['rocketmq', 'msgbodys'] as const;

/** Writes the body to a file for people to look at, under the temporary folder as RocketMQ does, and returns its path. */
export function saveBody({ messageId, offsetMessageId, body }: ReceivedMessage, index: number): string {
  const folder = join(tmpdir(), ...FOLDER);
  // The id comes from the sender of the message: it must not lead out of the folder.
  const name = /^[0-9A-Za-z_-]+$/.test(messageId) ? messageId : offsetMessageId;
  const path = join(folder, index === 0 ? name : `${name}_${index}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  // A new file, not what somebody has put in its place.
  writeFileSync(path, body, { flag: 'wx', mode: 0o600 });
  return path;
}
