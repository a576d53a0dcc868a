import { electMaster as request } from '../../protocol/command/elect-master.ts';
import type { AdminCommand } from '../admin-command.ts';
import { controllerLeader, controllerOption } from '../controller-leader.ts';

export const electMaster: AdminCommand = {
  name: 'electMaster',
  description: 'Re-elect the specified broker as master.',
  options: [
    controllerOption,
    {
      short: 'b',
      long: 'brokerId',
      description: 'The id of the broker which requires to become master',
      required: true,
    },
    { short: 'bn', long: 'brokerName', description: 'The broker name of its replicas', required: true },
    { short: 'c', long: 'clusterName', description: 'the clusterName of broker', required: true },
    {
      short: 'l',
      long: 'acceptLoss',
      description:
        'if nobody in sync is alive, or the controllers lost their store: what other brokers alone hold may be lost',
      hasValue: false,
    },
  ],
  async run(args, admin, output) {
    const [clusterName, brokerName] = [args.text('clusterName'), args.text('brokerName')];
    const brokerId = args.whole('brokerId', 0, 1);
    const leader = await controllerLeader(admin, args.text('controllerAddress'));
    const invokeTime = admin.platform.clock.nowMs();
    const asked = {
      clusterName,
      brokerName,
      brokerId,
      designateElect: true,
      acceptLoss: args.has('acceptLoss') || undefined,
      invokeTime,
    };
    const { masterAddress, masterEpoch, syncStateSetEpoch, uncleanEpoch } = (await admin.ask(request, leader, asked))
      .header;
    output.print(`
#ClusterName\t${clusterName}
#BrokerName\t${brokerName}
#BrokerMasterAddr\t${masterAddress ?? 'null'}
#MasterEpoch\t${masterEpoch ?? 'null'}
#SyncStateSetEpoch\t${syncStateSetEpoch ?? 'null'}
`);
    if (uncleanEpoch === undefined) return;
    output.print(
      `#Warning\t${masterAddress} was not known to be in sync: acknowledged messages that other brokers alone hold are lost; a broker that has more keeps it, says so, and does not follow\n`,
    );
  },
};
