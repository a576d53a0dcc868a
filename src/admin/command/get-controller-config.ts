import { getControllerConfig as request } from '../../protocol/command/get-controller-config.ts';
import type { AdminCommand } from '../admin-command.ts';
import { controllerOption } from '../controller-leader.ts';
import { propertiesInColumns } from '../format/properties-in-columns.ts';

export const getControllerConfig: AdminCommand = {
  name: 'getControllerConfig',
  description: 'Get controller config.',
  options: [{ ...controllerOption, description: 'Controller address list, eg: 192.168.0.1:9878;192.168.0.2:9878' }],
  async run(args, admin, output) {
    for (const address of args.text('controllerAddress').split(';')) {
      const { body } = await admin.ask(request, address, {});
      output.print(`============${address}============\n${propertiesInColumns(body.toString())}`);
    }
  },
};
