import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import { formatLine, left, right } from '../format/columns.ts';
import { findByKey } from '../query-messages.ts';

const COLUMNS = [left(50), right(4), right(40)];
const GAPS = [' ', ' '];
const MOST = 2_147_483_647;

export const queryMsgByKey: AdminCommand = {
  name: 'queryMsgByKey',
  description: 'Query Message by Key.',
  options: [
    { short: 't', long: 'topic', description: 'Topic name', required: true },
    { short: 'k', long: 'msgKey', description: 'Message Key', required: true },
    { short: 'b', long: 'beginTimestamp', description: 'Begin timestamp(ms). default:0, eg:1676730526212' },
    { short: 'e', long: 'endTimestamp', description: 'End timestamp(ms). default:Long.MAX_VALUE, eg:1676730526212' },
    {
      short: 'm',
      long: 'maxNum',
      description: 'The maximum number of messages returned by the query, default:64',
    },
    {
      short: 'c',
      long: 'cluster',
      description: 'Cluster name or lmq parent topic, lmq is used to find the route.',
    },
  ],
  async run(args, admin, output) {
    const [topic, key] = [args.text('topic'), args.text('msgKey')];
    const messages = await findByKey(admin, topic, {
      key,
      maxNum: args.whole('maxNum', 64, 1, MOST),
      beginTimestamp: args.whole('beginTimestamp', 0, 0),
      endTimestamp: args.whole('endTimestamp', Number.MAX_SAFE_INTEGER, 0),
      cluster: args.find('cluster'),
    });
    if (messages.length === 0) throw new AdminError(`There is no message with the key "${key}" in topic "${topic}".`);
    const rows = messages.map((each) => formatLine(COLUMNS, [each.messageId, each.queueId, each.queueOffset], GAPS));
    output.print(formatLine(COLUMNS, ['#Message ID', '#QID', '#Offset'], GAPS) + rows.join(''));
  },
};
