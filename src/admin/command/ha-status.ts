import { type HaRuntimeInfo, haRuntimeInfo } from '../../protocol/body/ha-runtime-info.ts';
import { getBrokerHaStatus } from '../../protocol/command/get-broker-ha-status.ts';
import type { AdminCommand } from '../admin-command.ts';
import { fixed, formatLine, left, right } from '../format/columns.ts';
import { millisecondsText } from '../format/local-time.ts';
import { intervalOption, repeat } from '../repeat.ts';

const COLUMNS = [left(32), left(16), right(16), right(16), right(16), right(16)];
const GAPS = ['  ', ' ', ' ', ' ', ' '];
const HEAD = ['#SlaveAddr', '#SlaveAckOffset', '#Diff', '#TransferSpeed(KB/s)', '#Status', '#TransferFromWhere'];
const KIB = 1024;

export const haStatus: AdminCommand = {
  name: 'haStatus',
  description: 'Fetch ha runtime status data.',
  options: [
    { short: 'c', long: 'clusterName', description: 'which cluster' },
    { short: 'b', long: 'brokerAddr', description: 'which broker to fetch' },
    intervalOption,
  ],
  oneOf: ['clusterName', 'brokerAddr'],
  async run(args, admin, output) {
    await repeat(args, async () => {
      const cluster = args.find('clusterName');
      const addresses = cluster === undefined ? [args.text('brokerAddr')] : await admin.masters(cluster);
      for (const address of addresses) {
        output.print(formatHaStatus(address, await admin.askFor(getBrokerHaStatus, address, {}, haRuntimeInfo)));
      }
    });
  },
};

/** What haStatus prints of one broker: a master's slaves, or what a slave does itself. */
export function formatHaStatus(address: string, info: HaRuntimeInfo): string {
  return info.master ? formatMaster(address, info) : formatSlave(info);
}

function formatMaster(address: string, info: HaRuntimeInfo): string {
  const { masterCommitLogMaxOffset, haConnectionInfo, inSyncSlaveNums } = info;
  const rows = haConnectionInfo.map(({ addr, slaveAckOffset, diff, transferredByteInSecond, inSync, ...rest }) => {
    const speed = fixed(transferredByteInSecond / KIB, 2);
    const cells = [addr, slaveAckOffset, diff, speed, inSync ? 'OK' : 'Fall Behind', rest.transferFromWhere];
    return formatLine(COLUMNS, cells, GAPS);
  });
  return `
#MasterAddr\t${address}
#MasterCommitLogMaxOffset\t${masterCommitLogMaxOffset}
#SlaveNum\t${haConnectionInfo.length}
#InSyncSlaveNum\t${inSyncSlaveNums}
${formatLine(COLUMNS, HEAD, GAPS)}${rows.join('')}`;
}

function formatSlave({ haClientRuntimeInfo: client }: HaRuntimeInfo): string {
  return `
#MasterAddr\t${client?.masterAddr ?? 'null'}
#CommitLogMaxOffset\t${client?.maxOffset ?? 0}
#TransferSpeed(KB/s)\t${fixed((client?.transferredByteInSecond ?? 0) / KIB, 2)}
#LastReadTime\t${millisecondsText(client?.lastReadTimestamp ?? 0)}
#LastWriteTime\t${millisecondsText(client?.lastWriteTimestamp ?? 0)}
#MasterFlushOffset\t${client?.masterFlushOffset ?? 0}
`;
}
