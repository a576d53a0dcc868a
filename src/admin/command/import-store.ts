import type { AdminCommand } from '../admin-command.ts';
import { readExport } from '../store-transfer/export-folder.ts';
import { ProgressLines } from '../store-transfer/progress-lines.ts';
import { StoreWriter } from '../store-transfer/write-store.ts';

/** Ours: RocketMQ has no such command. */
export const importStore: AdminCommand = {
  name: 'importStore',
  description: 'Import what exportStore wrote into a broker that does not have those topics; again goes on.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'which broker: of a group its leader or master', required: true },
    { short: 'i', long: 'inputDir', description: 'folder of an export', required: true },
  ],
  async run(args, admin, output) {
    const address = args.text('brokerAddr');
    const dir = args.text('inputDir');
    const content = readExport(dir);
    const { topics, groups, queues, delayed, offsets } = content;
    const count = [...queues, ...delayed].reduce((sum, queue) => sum + queue.count, 0);
    const lines = new ProgressLines(output, `of ${count} messages imported`);
    await new StoreWriter(admin, address, dir, content, (messages) => lines.at(messages)).write();
    output.print(
      `Imported ${count} messages of ${topics.length} topics, ${groups.length} groups and ${offsets.length} offsets from ${dir} into ${address}.\n`,
    );
  },
};
