import type { AdminCommand } from '../admin-command.ts';
import { NewExport } from '../store-transfer/export-folder.ts';
import { ProgressLines } from '../store-transfer/progress-lines.ts';
import { StoreReader } from '../store-transfer/read-store.ts';

/** Ours: RocketMQ has no such command. */
export const exportStore: AdminCommand = {
  name: 'exportStore',
  description: 'Export topics, groups, messages and offsets of a broker into a folder, for importStore.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'which broker: of a group its leader or master', required: true },
    { short: 'o', long: 'outputDir', description: 'new or empty folder', required: true },
  ],
  async run(args, admin, output) {
    const address = args.text('brokerAddr');
    const dir = args.text('outputDir');
    const folder = new NewExport(dir);
    const lines = new ProgressLines(output, 'messages exported');
    const reader = new StoreReader(admin, address, folder, (messages) => lines.at(messages));
    const content = await reader.read();
    folder.finish(content);
    const { topics, groups, queues, delayed, offsets } = content;
    const count = [...queues, ...delayed].reduce((sum, queue) => sum + queue.count, 0);
    output.print(
      `Exported ${count} messages of ${topics.length} topics, ${groups.length} groups and ${offsets.length} offsets of ${address} to ${dir}.\n`,
    );
  },
};
