import { getControllerMetadata as request } from '../../protocol/command/get-controller-metadata.ts';
import type { AdminCommand } from '../admin-command.ts';
import { controllerOption } from '../controller-leader.ts';

export const getControllerMetaData: AdminCommand = {
  name: 'getControllerMetaData',
  description: "Get controller cluster's metadata.",
  options: [controllerOption],
  async run(args, admin, output) {
    const { header } = await admin.ask(request, args.text('controllerAddress'), {});
    const { group, controllerLeaderId, controllerLeaderAddress, peers = '' } = header;
    output.print(`
#ControllerGroup\t${group ?? 'null'}
#ControllerLeaderId\t${controllerLeaderId ?? 'null'}
#ControllerLeaderAddress\t${controllerLeaderAddress ?? 'null'}`);
    for (const peer of peers.split(';')) if (peer !== '') output.print(`\n#Peer:\t${peer}`);
    output.print('\n');
  },
};
