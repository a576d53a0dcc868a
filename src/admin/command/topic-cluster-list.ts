import type { AdminCommand } from '../admin-command.ts';

export const topicClusterList: AdminCommand = {
  name: 'topicClusterList',
  description: 'Get cluster info for topic.',
  options: [{ short: 't', long: 'topic', description: 'topic name', required: true }],
  async run(args, admin, output) {
    const { brokerDatas } = await admin.route(args.text('topic'));
    const { clusterAddrTable } = await admin.clusterInfo();
    const brokerName = brokerDatas[0]?.brokerName ?? '';
    const clusters = [...clusterAddrTable].filter(([, names]) => names.includes(brokerName));
    output.print(clusters.map(([cluster]) => `${cluster}\n`).join(''));
  },
};
