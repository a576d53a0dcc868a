import { consumerList } from '../../protocol/body/consumer-list.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { getConsumerListByGroup } from '../../protocol/command/get-consumer-list-by-group.ts';
import type { ClientSession } from '../client-session.ts';

const PATIENCE_MS = 1_000;

/** The client ids of a group as the first broker of a topic that answers sees them (masters first); undefined if none can say. */
export async function groupMembers(
  session: ClientSession,
  group: string,
  topic: string,
): Promise<readonly string[] | undefined> {
  for (const address of candidates(session, topic)) {
    try {
      const answer = await session.brokers.request(
        getConsumerListByGroup,
        address,
        { consumerGroup: group },
        undefined,
        {
          timeoutMs: PATIENCE_MS,
        },
      );
      const list = consumerList.decode(answer.body);
      if (list instanceof BodyError) throw list;
      return list.consumerIdList;
    } catch (error) {
      session.report(`asking ${address} for the members of group ${group}`, error as Error);
    }
  }
  return undefined;
}

/** All clients ask the same broker first, so that they see the same list. */
function candidates(session: ClientSession, topic: string): string[] {
  const groups = [...(session.routes.get(topic)?.groups.values() ?? [])];
  const members = groups.flatMap((group) => group.members).toSorted((a, b) => a.brokerId - b.brokerId);
  const nowMs = session.platform.clock.monotonicMs();
  const avoided = members.filter((member) => session.faults.isAvoided(member.address, nowMs));
  return [...members.filter((member) => !avoided.includes(member)), ...avoided].map((member) => member.address);
}
