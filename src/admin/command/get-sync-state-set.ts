import { brokerNameList } from '../../protocol/body/broker-name-list.ts';
import { type BrokerReplicasInfo, brokerReplicasInfo } from '../../protocol/body/broker-replicas-info.ts';
import { getSyncStateData } from '../../protocol/command/get-sync-state-data.ts';
import type { AdminCommand } from '../admin-command.ts';
import type { AdminSession } from '../admin-session.ts';
import { controllerLeader, controllerOption } from '../controller-leader.ts';
import { javaHashOrder } from '../format/java-hash-order.ts';
import { intervalOption, repeat } from '../repeat.ts';

type ReplicasInfo = BrokerReplicasInfo['replicasInfoTable'] extends ReadonlyMap<string, infer Info> ? Info : never;

export const getSyncStateSet: AdminCommand = {
  name: 'getSyncStateSet',
  description: 'Fetch syncStateSet for target brokers.',
  options: [
    controllerOption,
    { short: 'c', long: 'clusterName', description: 'which cluster' },
    { short: 'b', long: 'brokerName', description: 'which broker to fetch' },
    intervalOption,
  ],
  oneOf: ['clusterName', 'brokerName'],
  async run(args, admin, output) {
    const address = args.text('controllerAddress');
    await repeat(args, async () => {
      const names = await brokerNames(admin, args.find('clusterName'), args.find('brokerName'));
      const leader = await controllerLeader(admin, address);
      const body = brokerNameList.encode(names);
      const { replicasInfoTable } = await admin.askFor(getSyncStateData, leader, {}, brokerReplicasInfo, body);
      for (const name of javaHashOrder(replicasInfoTable.keys())) {
        output.print(formatReplicas(name, replicasInfoTable.get(name)!));
      }
      for (const name of names) {
        if (!replicasInfoTable.has(name)) output.complain(`The controller knows no broker "${name}".`);
      }
    });
  },
};

async function brokerNames(admin: AdminSession, cluster: string | undefined, broker = ''): Promise<string[]> {
  return cluster === undefined ? [broker] : (await admin.brokerGroups(cluster)).map(({ name }) => name);
}

function formatReplicas(name: string, info: ReplicasInfo): string {
  const { masterBrokerId, masterAddress, masterEpoch, syncStateSetEpoch, inSyncReplicas, notInSyncReplicas } = info;
  const head = `
#brokerName\t${name}
#MasterBrokerId\t${masterBrokerId ?? 'null'}
#MasterAddr\t${masterAddress ?? 'null'}
#MasterEpoch\t${masterEpoch}
#SyncStateSetEpoch\t${syncStateSetEpoch}
#SyncStateSetNums\t${inSyncReplicas.length}
`;
  const line = (kind: string) => (one: ReplicasInfo['inSyncReplicas'][number]) => {
    const { brokerName, brokerId, brokerAddress, alive } = one;
    const members = `brokerName='${brokerName}', brokerId=${brokerId}, brokerAddress='${brokerAddress}', alive=${alive}`;
    return `\n${kind}:\tReplicaIdentity{${members}}\n`;
  };
  const rows = [...inSyncReplicas.map(line('InSyncReplica')), ...notInSyncReplicas.map(line('NotInSyncReplica'))];
  return head + rows.join('');
}
