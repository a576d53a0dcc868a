import { getBrokerConfig as getBrokerConfigRequest } from '../../protocol/command/get-broker-config.ts';
import type { AdminCommand } from '../admin-command.ts';
import type { AdminSession } from '../admin-session.ts';
import { propertiesInColumns } from '../format/properties-in-columns.ts';

const MASTER_ID = 0;
const NO_MASTER = 'NO_MASTER';

export const getBrokerConfig: AdminCommand = {
  name: 'getBrokerConfig',
  description: 'Get broker config by cluster or special broker.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'get which broker' },
    { short: 'c', long: 'clusterName', description: 'get which cluster' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const cluster = args.find('clusterName');
    if (cluster === undefined) {
      const address = args.text('brokerAddr');
      output.print(`============${address}============\n${await configOf(admin, address)}`);
      return;
    }
    for (const { members } of await admin.brokerGroups(cluster)) {
      const master = members.get(MASTER_ID);
      output.print(`============Master: ${master ?? NO_MASTER}============\n`);
      if (master !== undefined) output.print(await configOf(admin, master));
      for (const [id, slave] of members) {
        if (id === MASTER_ID) continue;
        output.print(`============My Master: ${master ?? NO_MASTER}=====Slave: ${slave}============\n`);
        output.print(await configOf(admin, slave));
      }
    }
  },
};

async function configOf(admin: AdminSession, address: string): Promise<string> {
  const { body } = await admin.ask(getBrokerConfigRequest, address, {});
  return `${propertiesInColumns(body.toString())}\n`;
}
