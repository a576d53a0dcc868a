import { formatProperties } from '../../broker/config/properties.ts';
import { updateControllerConfig as request } from '../../protocol/command/update-controller-config.ts';
import type { AdminCommand } from '../admin-command.ts';
import { controllerOption } from '../controller-leader.ts';

export const updateControllerConfig: AdminCommand = {
  name: 'updateControllerConfig',
  description: 'Update controller config.',
  options: [
    { ...controllerOption, description: 'Controller address list, eg: 192.168.0.1:9878;192.168.0.2:9878' },
    { short: 'k', long: 'key', description: 'config key', required: true },
    { short: 'v', long: 'value', description: 'config value', required: true },
  ],
  async run(args, admin, output) {
    const addresses = args.text('controllerAddress').split(';');
    const [key, value] = [args.text('key'), args.find('value') ?? ''];
    const body = Buffer.from(formatProperties([[key, value]]));
    for (const address of addresses) await admin.ask(request, address, {}, body);
    output.print(`update controller config success![${addresses.join(', ')}]\n${key} : ${value}\n`);
  },
};
