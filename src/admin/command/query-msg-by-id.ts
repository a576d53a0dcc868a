import { decodeMessages } from '../../client/decode-messages.ts';
import type { ReceivedMessage } from '../../client/received-message.ts';
import { viewMessageById } from '../../protocol/command/view-message-by-id.ts';
import { hostText } from '../../protocol/message/host.ts';
import { parseOffsetMessageId } from '../../protocol/message/message-id.ts';
import type { AdminCommand, Output } from '../admin-command.ts';
import { AdminError, UsageError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';
import { formatMessage } from '../format/message-text.ts';
import { formatTrack } from '../format/track-text.ts';
import { saveBody } from '../message-body-file.ts';
import { trackMessage } from '../message-track.ts';
import { findByUniqueKey } from '../query-messages.ts';

const ENCODINGS: ReadonlyMap<string, BufferEncoding> = new Map([
  ['utf-8', 'utf8'],
  ['utf8', 'utf8'],
  ['us-ascii', 'latin1'],
  ['ascii', 'latin1'],
  ['iso-8859-1', 'latin1'],
  ['utf-16le', 'utf16le'],
]);

export const queryMsgById: AdminCommand = {
  name: 'queryMsgById',
  description: 'Query Message by Id.',
  options: [
    { short: 't', long: 'topic', description: 'topic name' },
    { short: 'i', long: 'msgId', description: 'Message Id', required: true },
    { short: 'f', long: 'bodyFormat', description: 'print message body by the specified format' },
    {
      short: 'c',
      long: 'cluster',
      description: 'Cluster name or lmq parent topic, lmq is used to find the route.',
    },
  ],
  async run(args, admin, output) {
    const topic = args.find('topic');
    const format = args.find('bodyFormat');
    const encoding = format === undefined ? undefined : ENCODINGS.get(format.toLowerCase());
    if (format !== undefined && encoding === undefined) {
      throw new UsageError(`--bodyFormat is "${format}", but must be one of ${[...ENCODINGS.keys()].join(', ')}.`);
    }
    const ids = args
      .text('msgId')
      .split(',')
      .map((id) => id.trim());
    for (const id of ids.filter((each) => each !== '')) {
      const message = (await viewMessage(admin, topic, id)) ?? (await byKey(admin, topic, id, args.find('cluster')));
      await printMessage(admin, message, encoding, output);
    }
  },
};

/** The message that an offset message id names, from the broker that is in it; undefined if the text is no such id or leads nowhere. */
async function viewMessage(
  admin: AdminSession,
  topic: string | undefined,
  id: string,
): Promise<ReceivedMessage | undefined> {
  const place = parseOffsetMessageId(id);
  if (place === undefined) return undefined;
  try {
    const { body } = await admin.ask(viewMessageById, hostText(place.host), {
      topic: topic ?? '',
      offset: place.position,
    });
    const messages = decodeMessages(body, '');
    if (messages instanceof Error) throw messages;
    return messages[0];
  } catch {
    // The id of a client looks the same: the query by key decides, and words the failure.
    return undefined;
  }
}

async function byKey(admin: AdminSession, topic: string | undefined, id: string, cluster: string | undefined) {
  if (topic === undefined) {
    throw new AdminError(
      `No broker knows "${id}" as a place in its log; ids that clients give are found with --topic.`,
    );
  }
  const [message] = await findByUniqueKey(admin, topic, id, cluster);
  if (message !== undefined) return message;
  throw new AdminError(`There is no message with the id "${id}" in topic "${topic}".`);
}

async function printMessage(
  admin: AdminSession,
  message: ReceivedMessage,
  encoding: BufferEncoding | undefined,
  output: Output,
): Promise<void> {
  const bodyPath = saveBody(message, 0);
  output.print(`${'OffsetID:'.padEnd(20)} ${message.offsetMessageId}\n${formatMessage(message, bodyPath)}`);
  if (encoding !== undefined) output.print(`${'Message Body:'.padEnd(20)} ${message.body.toString(encoding)}\n`);
  const tracks = await trackMessage(admin, message);
  output.print(tracks.length === 0 ? '\n\nWARN: No Consumer' : '\n\n');
  output.print(tracks.map((track) => `${formatTrack(track)}\n`).join(''));
}
