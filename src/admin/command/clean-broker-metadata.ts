import { cleanBrokerData } from '../../protocol/command/clean-broker-data.ts';
import type { AdminCommand } from '../admin-command.ts';
import { UsageError } from '../admin-error.ts';
import { controllerLeader, controllerOption } from '../controller-leader.ts';

export const cleanBrokerMetadata: AdminCommand = {
  name: 'cleanBrokerMetadata',
  description: 'Clean metadata of broker on controller.',
  options: [
    controllerOption,
    {
      short: 'b',
      long: 'brokerControllerIdsToClean',
      description: 'Ids of the brokers to forget, eg: 1;2;3. Without it: all with the name',
    },
    { short: 'bn', long: 'brokerName', description: 'The broker name of the replicas', required: true },
    { short: 'c', long: 'clusterName', description: 'The clusterName of broker' },
    { short: 'l', long: 'cleanLivingBroker', description: 'Forget living brokers too', hasValue: false },
  ],
  async run(args, admin, output) {
    const [brokerName, clusterName] = [args.text('brokerName'), args.find('clusterName')];
    const ids = args.find('brokerControllerIdsToClean');
    const isCleanLivingBroker = args.has('cleanLivingBroker');
    if (ids !== undefined && !/^\d+(;\d+)*$/.test(ids)) {
      throw new UsageError(`--brokerControllerIdsToClean is "${ids}", but must be ids separated by ";", such as 1;2.`);
    }
    if (!isCleanLivingBroker && clusterName === undefined) {
      throw new UsageError('cleanBrokerMetadata needs -c (--clusterName), unless -l allows to forget living brokers.');
    }
    const leader = await controllerLeader(admin, args.text('controllerAddress'));
    const invokeTime = admin.platform.clock.nowMs();
    const wish = { clusterName, brokerName, brokerControllerIdsToClean: ids, isCleanLivingBroker, invokeTime };
    await admin.ask(cleanBrokerData, leader, wish);
    output.print(`clear broker ${brokerName} metadata from controller success! \n`);
  },
};
