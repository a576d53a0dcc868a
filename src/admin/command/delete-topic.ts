import { deleteTopicInBroker } from '../../protocol/command/delete-topic-in-broker.ts';
import { deleteTopicInNamesrv } from '../../protocol/command/delete-topic-in-namesrv.ts';
import type { AdminCommand } from '../admin-command.ts';
import type { AdminSession } from '../admin-session.ts';

export const deleteTopic: AdminCommand = {
  name: 'deleteTopic',
  description: 'Delete topic from broker and NameServer.',
  options: [
    { short: 't', long: 'topic', description: 'topic name', required: true },
    { short: 'c', long: 'clusterName', description: 'delete topic from which cluster', required: true },
  ],
  async run(args, admin, output) {
    const topic = args.text('topic');
    const cluster = args.text('clusterName');
    await deleteOnBrokers(admin, cluster, topic);
    output.print(`delete topic [${topic}] from cluster [${cluster}] success.\n`);
    await deleteOnNameServers(admin, cluster, topic);
    output.print(`delete topic [${topic}] from NameServer success.\n`);
  },
};

/** A topic that is not there counts as deleted. */
export async function deleteOnBrokers(admin: AdminSession, cluster: string, topic: string): Promise<void> {
  for (const address of await admin.masters(cluster)) await admin.ask(deleteTopicInBroker, address, { topic });
}

export async function deleteOnNameServers(admin: AdminSession, clusterName: string, topic: string): Promise<void> {
  for (const address of admin.nameServers.addresses) {
    await admin.ask(deleteTopicInNamesrv, address, { topic, clusterName });
  }
}
