import type { AdminCommand } from '../admin-command.ts';
import { javaHashOrder } from '../format/java-hash-order.ts';

export const brokerStatus: AdminCommand = {
  name: 'brokerStatus',
  description: 'Fetch broker runtime status data.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'Broker address' },
    { short: 'c', long: 'clusterName', description: 'which cluster' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const cluster = args.find('clusterName');
    if (cluster === undefined) {
      const { table } = await admin.runtimeInfo(args.text('brokerAddr'));
      output.print(formatBrokerStatus(table, ''));
      return;
    }
    const groups = await admin.brokerGroups(cluster);
    for (const address of javaHashOrder(groups.flatMap(({ members }) => [...members.values()]))) {
      try {
        const { table } = await admin.runtimeInfo(address);
        output.print(formatBrokerStatus(table, `${address.padEnd(24)} `));
      } catch (error) {
        output.complain(`Broker ${address} could not be asked: ${(error as Error).message}.`);
      }
    }
  },
};

/** One line for each entry, sorted by its key. */
export function formatBrokerStatus(table: ReadonlyMap<string, string>, prefix: string): string {
  const sorted = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, value]) => `${prefix}${key.padEnd(32)}: ${value}\n`).join('');
}
