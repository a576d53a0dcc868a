import type { MembersRequest } from '../../raft/index.ts';
import { guard } from '../../src/broker/routing.ts';
import { type RaftGroup, raftGroup } from '../../src/protocol/body/raft-group.ts';
import { changeMembers } from '../../src/protocol/command/change-members.ts';
import { getBrokerEpochCache } from '../../src/protocol/command/get-broker-epoch-cache.ts';
import { getBrokerHaStatus } from '../../src/protocol/command/get-broker-ha-status.ts';
import { getRaftGroup } from '../../src/protocol/command/get-raft-group.ts';
import { giveUpMember } from '../../src/protocol/command/give-up-member.ts';
import { transferLeadership } from '../../src/protocol/command/transfer-leadership.ts';
import { FieldError } from '../../src/protocol/field-error.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import type { CommandDefinition } from '../../src/protocol/schema.ts';
import { formatAddress, parseAddress } from '../../src/remoting/address.ts';
import type { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import type { MemberData } from './member-data.ts';
import type { MemberGroup } from './member-group.ts';
import { probeMember } from './member-probe.ts';
import type { Member } from './open-member.ts';

const NO_HA =
  'this broker is a member of a DLedger group, which has neither HA connections nor epochs of masters; how the group is says mqadmin raftGroup';

/** What an operator asks of a group: how it is, who is to lead, who belongs to it. A member that does not lead hands the last two on. */
export function answerGroupRequests(
  dispatcher: Dispatcher,
  member: Member,
  data: MemberData,
  group: MemberGroup,
): void {
  const { mastership, replica, peerPort } = group;
  const { members } = data;
  dispatcher.register(getRaftGroup.code, (context) => {
    const request = decoded(getRaftGroup, context);
    if (request === undefined) return;
    if (request.fromLeader && !replica.isLeader && mastership.forward(context)) return;
    context.reply(ResponseCode.SUCCESS, undefined, {}, [raftGroup.encode(describeGroup(member, data, group))]);
  });
  // RocketMQ's answers to these are of a master and its slaves.
  for (const { code } of [getBrokerHaStatus, getBrokerEpochCache])
    dispatcher.register(code, (context) => context.reply(ResponseCode.SYSTEM_ERROR, NO_HA));
  // There is no leader to hand it on to.
  dispatcher.register(giveUpMember.code, (context) => {
    const request = decoded(giveUpMember, context);
    if (request === undefined) return;
    const { memberId } = request;
    const refusal = replica.giveUp(memberId);
    if (refusal === undefined) {
      const { logger } = member.platform;
      logger.warn('An operator gave a voter up: acknowledged messages that it alone holds are lost', { memberId });
      context.reply(ResponseCode.SUCCESS);
    } else context.reply(ResponseCode.SYSTEM_ERROR, `${memberId} was not given up: ${refusal}`);
  });
  const onLeader = <Request extends object>(
    definition: CommandDefinition<Request, object>,
    handle: (request: Request, context: RequestContext) => void,
  ): void => {
    const answer = (context: RequestContext): void => {
      const request = decoded(definition, context);
      if (request !== undefined) handle(request, context);
    };
    dispatcher.register(
      definition.code,
      guard({ code: definition.code, access: 'master', handle: answer }, mastership),
    );
  };
  onLeader(transferLeadership, ({ memberId }, context) => {
    // What was asked for is so already.
    if (memberId === replica.status().id && replica.isLeader) {
      context.reply(ResponseCode.SUCCESS);
      return;
    }
    replica.transferLeadership(memberId, ({ ok, reason }) => {
      if (ok) context.reply(ResponseCode.SUCCESS);
      else context.reply(ResponseCode.SYSTEM_ERROR, `leadership was not handed to ${memberId}: ${reason}`);
    });
  });
  onLeader(changeMembers, ({ kind, memberId, address, by }, context) => {
    const request = changeOf(kind, memberId, address ?? members.addressOf(memberId), by);
    const refuse = (why: string): void => context.reply(ResponseCode.SYSTEM_ERROR, `nothing was changed: ${why}`);
    const refusal = typeof request === 'string' ? request : addressRefusal(request, data);
    if (typeof request === 'string' || refusal !== undefined) {
      refuse(refusal ?? '');
      return;
    }
    const change = (): void =>
      replica.changeMembers(request, (why, index) => {
        if (why === undefined) context.reply(ResponseCode.SUCCESS);
        else if (index === 0) refuse(why);
        else context.reply(ResponseCode.SYSTEM_ERROR, why);
      });
    const at = request.kind === 'add-learner' ? parseAddress(request.address ?? '') : undefined;
    // An id that is a member already is refused for that, wherever its address leads.
    if (at === undefined || members.ids().includes(memberId)) change();
    else
      probeMember(
        member.platform,
        { id: memberId, ...at },
        (peer) => peerPort.transport.hello(peer),
        (problem) => {
          if (problem === undefined) change();
          else refuse(problem);
        },
      );
  });
}

function decoded<Request extends object>(
  definition: CommandDefinition<Request, object>,
  context: RequestContext,
): Request | undefined {
  const request = definition.decodeRequest(context.command.extFields);
  if (!(request instanceof FieldError)) return request;
  context.reply(ResponseCode.SYSTEM_ERROR, request.message);
  return undefined;
}

/** A text says why there is no such change. */
function changeOf(
  kind: string,
  id: string,
  address: string | undefined,
  by: string | undefined,
): MembersRequest | string {
  if (kind === 'promote' || kind === 'remove') return { kind, id };
  if (kind === 'replace')
    return by === undefined || by === '' ? 'a replacement names who comes instead' : { kind, id, by };
  if (kind !== 'add-learner') return `"${kind}" is no change of members`;
  if (!/^[a-zA-Z]\d+$/.test(id)) return `"${id}" is no id of a member: one letter and a number, such as n3`;
  if (address === undefined) return `${id} needs the address of its peer port, such as 10.0.0.4:40911`;
  const parsed = parseAddress(address);
  if (parsed === undefined || parsed.port < 1) return `"${address}" is no address host:port`;
  return { kind, id, address: formatAddress(parsed) };
}

/** One address belongs to one member. */
function addressRefusal(request: MembersRequest, { members }: MemberData): string | undefined {
  if (request.kind !== 'add-learner') return undefined;
  const other = members.ids().find((id) => id !== request.id && members.addressOf(id) === request.address);
  return other === undefined ? undefined : `${request.address} is the address of ${other}`;
}

function describeGroup(
  { settings }: Member,
  { records, members }: MemberData,
  { replica, roles }: MemberGroup,
): RaftGroup {
  const status = replica.status();
  const { id, role, leader, lastIndex, writtenIndex, syncedIndex, learners } = status;
  const roleOf = (one: string): string => {
    if (one === leader) return 'leader';
    return learners.includes(one) ? 'learner' : 'voter';
  };
  const address = (one: string): string => members.addressOf(one) ?? '';
  const own = {
    id,
    address: address(id),
    role: status.voters.includes(id) || role === 'leader' || learners.includes(id) ? roleOf(id) : 'none',
    connected: true,
    inDoubt: status.inDoubt,
    state: '',
    match: writtenIndex,
    synced: syncedIndex,
    lag: lastIndex - writtenIndex,
  };
  const others = status.peers.map((peer) => ({
    ...peer,
    address: address(peer.id),
    role: roleOf(peer.id),
    state: peer.state ?? '',
  }));
  return {
    groupName: settings.groupName,
    groupId: records.identity?.groupId ?? '',
    self: id,
    leader: leader ?? '',
    term: status.term,
    commitIndex: status.commitIndex,
    appliedIndex: status.appliedIndex,
    lastIndex,
    // The founder made the first set itself, and its core took it from the configuration.
    membersIndex: Math.max(status.membersIndex, members.applied?.index ?? 0),
    doubtElectionTerm: roles.doubtElection?.term ?? 0,
    doubtElected: roles.doubtElection?.leader ?? '',
    doubtElectionMs: roles.doubtElection?.atMs ?? 0,
    members: [own, ...others].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
