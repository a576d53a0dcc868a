import { deleteSubscriptionGroup } from '../../protocol/command/delete-subscription-group.ts';
import type { AdminCommand } from '../admin-command.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../admin-session.ts';
import { deleteOnBrokers, deleteOnNameServers } from './delete-topic.ts';

export const deleteSubGroup: AdminCommand = {
  name: 'deleteSubGroup',
  description: 'Delete subscription group from broker.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'delete subscription group from which broker' },
    { short: 'c', long: 'clusterName', description: 'delete subscription group from which cluster' },
    { short: 'g', long: 'groupName', description: 'subscription group name', required: true },
    { short: 'r', long: 'removeOffset', description: 'remove offset' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const groupName = args.text('groupName');
    const header = { groupName, cleanOffset: args.boolean('removeOffset', false) };
    const cluster = args.find('clusterName');
    if (cluster === undefined) {
      const address = args.text('brokerAddr');
      await admin.ask(deleteSubscriptionGroup, address, header);
      output.print(`delete subscription group [${groupName}] from broker [${address}] success.\n`);
      return;
    }
    for (const address of await admin.masters(cluster)) {
      await admin.ask(deleteSubscriptionGroup, address, header);
      output.print(
        `delete subscription group [${groupName}] from broker [${address}] in cluster [${cluster}] success.\n`,
      );
    }
    for (const topic of [RETRY_PREFIX + groupName, DLQ_PREFIX + groupName]) {
      await deleteOnBrokers(admin, cluster, topic);
      await deleteOnNameServers(admin, cluster, topic);
    }
  },
};
