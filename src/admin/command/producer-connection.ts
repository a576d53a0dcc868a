import {
  type ClientConnection,
  producerConnection as producerConnectionBody,
} from '../../protocol/body/producer-connection.ts';
import { versionName } from '../../protocol/codes.ts';
import { getProducerConnections } from '../../protocol/command/get-producer-connections.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import { type AdminSession, hasCode } from '../admin-session.ts';
import { formatLine, left } from '../format/columns.ts';

export const producerConnection: AdminCommand = {
  name: 'producerConnection',
  description: "Query producer's socket connection and client version.",
  options: [
    { short: 'g', long: 'producerGroup', description: 'producer group name', required: true },
    { short: 't', long: 'topic', description: 'topic name', required: true },
  ],
  async run(args, admin, output) {
    const group = args.text('producerGroup');
    for (const address of await admin.brokersOf(args.text('topic'))) {
      const clients = await clientsOf(admin, address, group);
      if (clients.length > 0) return output.print(formatProducers(clients));
    }
    throw new AdminError(`No producer of group "${group}" is online at the brokers of topic "${args.text('topic')}".`);
  },
};

async function clientsOf(
  admin: AdminSession,
  address: string,
  producerGroup: string,
): Promise<readonly ClientConnection[]> {
  try {
    const header = { producerGroup };
    return (await admin.askFor(getProducerConnections, address, header, producerConnectionBody)).connectionSet;
  } catch (error) {
    // So says a broker that does not know the group.
    if (hasCode(error, ResponseCode.SYSTEM_ERROR)) return [];
    throw error;
  }
}

export function formatProducers(clients: readonly ClientConnection[]): string {
  const lines = clients.map(({ clientId, clientAddr, language, version }, index) => {
    const number = String(index + 1).padStart(4, '0');
    const columns = [left(4), left(32), left(22), left(8)];
    return formatLine(columns, [number, clientId, clientAddr, language, versionName(version)], ['  ', ' ', ' ', ' ']);
  });
  return lines.join('');
}
