import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import { formatMessage } from '../format/message-text.ts';
import { formatTrack } from '../format/track-text.ts';
import { saveBody } from '../message-body-file.ts';
import { trackMessage } from '../message-track.ts';
import { findByUniqueKey } from '../query-messages.ts';

export const queryMsgByUniqueKey: AdminCommand = {
  name: 'queryMsgByUniqueKey',
  description: 'Query Message by Unique key.',
  options: [
    { short: 'i', long: 'msgId', description: 'Message Id', required: true },
    { short: 't', long: 'topic', description: 'The topic of msg', required: true },
    { short: 'a', long: 'showAll', description: 'Print all message, the limit is 32', hasValue: false },
    {
      short: 'c',
      long: 'cluster',
      description: 'Cluster name or lmq parent topic, lmq is used to find the route.',
    },
  ],
  async run(args, admin, output) {
    const [topic, id] = [args.text('topic'), args.text('msgId')];
    const found = await findByUniqueKey(admin, topic, id, args.find('cluster'));
    if (found.length === 0)
      throw new AdminError(`There is no message with the unique key "${id}" in topic "${topic}".`);
    const byAge = found.toSorted((a, b) => a.storeTimestamp - b.storeTimestamp);
    for (const [index, message] of (args.has('showAll') ? byAge : byAge.slice(0, 1)).entries()) {
      output.print(formatMessage(message, saveBody(message, index)));
      const tracks = await trackMessage(admin, message);
      // As RocketMQ, all on one line.
      output.print(tracks.length === 0 ? '\n\nWARN: No Consumer' : `\n\n${tracks.map(formatTrack).join('')}`);
    }
  },
};
