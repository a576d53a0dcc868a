import { AdminSession } from '../../../src/admin/admin-session.ts';
import { Arguments } from '../../../src/admin/arguments.ts';
import { clusterList } from '../../../src/admin/command/cluster-list.ts';
import type { Platform } from '../../../src/platform/ports.ts';

/** What `mqadmin clusterList` prints, without a line end. */
export async function clusterTable(platform: Platform, nameServer: string): Promise<string> {
  const session = new AdminSession(platform, nameServer);
  let text = '';
  try {
    await clusterList.run(new Arguments(new Map()), session, {
      print: (result) => {
        text += result;
      },
      complain: (sentence) => {
        text += `${sentence}\n`;
      },
    });
  } finally {
    session.close();
  }
  return text.trimEnd();
}
