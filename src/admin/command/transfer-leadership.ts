import { transferLeadership as request } from '../../protocol/command/transfer-leadership.ts';
import type { AdminCommand } from '../admin-command.ts';

export const transferLeadership: AdminCommand = {
  name: 'transferLeadership',
  description: 'Hand the leadership of a DLedger group over to one of its voters.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'any broker of the group', required: true },
    { short: 'm', long: 'memberId', description: 'who is to lead, eg: n1', required: true },
  ],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    await admin.ask(request, args.text('brokerAddr'), { memberId });
    output.print(`${memberId} leads.\n`);
  },
};
