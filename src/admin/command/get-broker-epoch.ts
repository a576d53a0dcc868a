import { type EpochEntryCache, epochEntryCache } from '../../protocol/body/epoch-entry-cache.ts';
import { getBrokerEpochCache } from '../../protocol/command/get-broker-epoch-cache.ts';
import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';
import { javaHashOrder } from '../format/java-hash-order.ts';
import { suggestion } from '../near-miss.ts';
import { intervalOption, repeat } from '../repeat.ts';

export const getBrokerEpoch: AdminCommand = {
  name: 'getBrokerEpoch',
  description: 'Fetch broker epoch entries.',
  options: [
    { short: 'c', long: 'clusterName', description: 'which cluster' },
    { short: 'b', long: 'brokerName', description: 'which broker to fetch' },
    intervalOption,
  ],
  oneOf: ['clusterName', 'brokerName'],
  async run(args, admin, output) {
    await repeat(args, async () => {
      for (const address of await addresses(admin, args.find('clusterName'), args.find('brokerName'))) {
        const cache = await admin.askFor(getBrokerEpochCache, address, {}, epochEntryCache);
        output.print(formatEpochs(address, cache));
      }
    });
  },
};

async function addresses(admin: AdminSession, cluster: string | undefined, broker = ''): Promise<string[]> {
  if (cluster !== undefined) {
    const groups = await admin.brokerGroups(cluster);
    return javaHashOrder(groups.flatMap(({ members }) => [...members.values()]));
  }
  const { brokerAddrTable } = await admin.clusterInfo();
  const data = brokerAddrTable.get(broker);
  if (data !== undefined) return javaHashOrder(data.brokerAddrs.values());
  throw new AdminError(`There is no broker "${broker}".${suggestion(broker, [...brokerAddrTable.keys()])}`);
}

/** The last epoch goes on: it ends where the log ends. */
function formatEpochs(address: string, { clusterName, brokerName, brokerId, epochList, maxOffset }: EpochEntryCache) {
  const head = `\n#clusterName\t${clusterName}\n#brokerName\t${brokerName}\n#brokerAddr\t${address}\n#brokerId\t${brokerId}`;
  const rows = epochList.map(({ epoch, startOffset, endOffset }, index) => {
    const end = index === epochList.length - 1 ? maxOffset : endOffset;
    return `\n#Epoch: EpochEntry{epoch=${epoch}, startOffset=${startOffset}, endOffset=${end}}`;
  });
  return `${head}${rows.join('')}\n`;
}
