import type { ConsumerConnection } from '../../protocol/body/consumer-connection.ts';
import { versionName } from '../../protocol/codes.ts';
import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import { formatLine, left } from '../format/columns.ts';
import { javaHashOrder } from '../format/java-hash-order.ts';
import { connectionOf } from '../group-progress.ts';

const CLIENT = [left(36), left(22), left(10)];
const GAPS = [' ', ' ', ' '];

export const consumerConnection: AdminCommand = {
  name: 'consumerConnection',
  description: "Query consumer's socket connection, client version and subscription.",
  options: [
    { short: 'g', long: 'consumerGroup', description: 'consumer group name', required: true },
    { short: 'b', long: 'brokerAddr', description: 'broker address' },
  ],
  async run(args, admin, output) {
    const group = args.text('consumerGroup');
    const address = args.find('brokerAddr');
    const connection =
      address === undefined ? await connectionOf(admin, group) : await admin.consumerConnection(address, group);
    if (connection === undefined) throw new AdminError(`No member of consumer group "${group}" is online.`);
    output.print(formatConsumerConnection(connection));
  },
};

export function formatConsumerConnection(connection: ConsumerConnection): string {
  const { connectionSet, subscriptionTable, consumeType, messageModel, consumeFromWhere } = connection;
  const clients = connectionSet.map(({ clientId, clientAddr, language, version }) =>
    formatLine(CLIENT, [clientId, clientAddr, language, versionName(version)], GAPS),
  );
  const subscriptions = javaHashOrder(subscriptionTable.keys()).map((key) => {
    const { topic = key, subString = '' } = subscriptionTable.get(key) ?? {};
    return formatLine([left(20)], [topic, subString], [' ']);
  });
  return [
    formatLine(CLIENT, ['#ClientId', '#ClientAddr', '#Language', '#Version'], GAPS),
    ...clients,
    '\nBelow is subscription:\n',
    formatLine([left(20)], ['#Topic', '#SubExpression'], [' ']),
    ...subscriptions,
    `\nConsumeType: ${consumeType ?? 'null'}\n`,
    `MessageModel: ${messageModel ?? 'null'}\n`,
    `ConsumeFromWhere: ${consumeFromWhere ?? 'null'}\n`,
  ].join('');
}
