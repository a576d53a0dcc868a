import { changeMembers } from '../../protocol/command/change-members.ts';
import { giveUpMember as giveUp } from '../../protocol/command/give-up-member.ts';
import type { AdminCommand, OptionSpec } from '../admin-command.ts';

const broker: OptionSpec = { short: 'b', long: 'brokerAddr', description: 'any broker of the group', required: true };

function member(description: string): OptionSpec {
  return { short: 'm', long: 'memberId', description, required: true };
}

/** A new member starts as a learner: it gets everything, and counts for nothing. */
export const addMember: AdminCommand = {
  name: 'addMember',
  description: 'Add a member to a DLedger group, as a learner; its store may be empty.',
  options: [
    broker,
    member('id of the new member (its dLegerSelfId), eg: n3'),
    { short: 'a', long: 'peerAddr', description: 'its port in dLegerPeers, eg: 10.0.0.4:40911', required: true },
  ],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    const change = { kind: 'add-learner', memberId, address: args.text('peerAddr') };
    await admin.ask(changeMembers, args.text('brokerAddr'), change);
    output.print(`${memberId} is a learner now. When raftGroup shows that it lacks nothing: promoteMember.\n`);
  },
};

export const promoteMember: AdminCommand = {
  name: 'promoteMember',
  description: 'Make a learner of a DLedger group a voter, once it has caught up.',
  options: [broker, member('the learner, eg: n3')],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    await admin.ask(changeMembers, args.text('brokerAddr'), { kind: 'promote', memberId });
    output.print(`${memberId} is a voter now.\n`);
  },
};

export const removeMember: AdminCommand = {
  name: 'removeMember',
  description: 'Remove a voter or learner from a DLedger group; a leader hands over and goes.',
  options: [broker, member('who is to go, eg: n2')],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    await admin.ask(changeMembers, args.text('brokerAddr'), { kind: 'remove', memberId });
    output.print(`${memberId} is no member any more. Stop it; its store is of no use to the group.\n`);
  },
};

export const replaceMember: AdminCommand = {
  name: 'replaceMember',
  description: 'Put a learner that has caught up in the place of a voter of a DLedger group.',
  options: [
    broker,
    member('the voter who is to go, eg: n2'),
    { short: 'w', long: 'withMember', description: 'the learner who comes, eg: n3', required: true },
  ],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    const by = args.text('withMember');
    await admin.ask(changeMembers, args.text('brokerAddr'), { kind: 'replace', memberId, by });
    output.print(`${by} is a voter now, and ${memberId} no member any more.\n`);
  },
};

/** The way on where a voter is lost and too few of the others are free of doubt: what may be lost is said before and after. */
export const giveUpMember: AdminCommand = {
  name: 'giveUpMember',
  description:
    'Go on without a voter that is lost for good, where no leader can be elected: acknowledged messages that it alone holds are lost.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'a broker that is left; ask each of them', required: true },
    member('the voter who is lost, eg: n2'),
    { short: 'l', long: 'acceptLoss', description: 'what it alone holds may be lost', hasValue: false, required: true },
  ],
  async run(args, admin, output) {
    const memberId = args.text('memberId');
    const address = args.text('brokerAddr');
    await admin.ask(giveUp, address, { memberId });
    output.print(
      `${address} does without ${memberId} until somebody leads, or it is back. When all who are left were asked and one leads: removeMember ${memberId}.\n`,
    );
  },
};
