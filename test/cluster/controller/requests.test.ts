import { beforeEach, describe, expect, it } from 'vitest';
import { brokerNameList } from '../../../src/protocol/body/broker-name-list.ts';
import { brokerReplicasInfo } from '../../../src/protocol/body/broker-replicas-info.ts';
import { electMasterResponseBody } from '../../../src/protocol/body/elect-master-response-body.ts';
import { alterSyncStateSet } from '../../../src/protocol/command/alter-sync-state-set.ts';
import { applyBrokerId } from '../../../src/protocol/command/apply-broker-id.ts';
import { brokerHeartbeat } from '../../../src/protocol/command/broker-heartbeat.ts';
import { cleanBrokerData } from '../../../src/protocol/command/clean-broker-data.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import { getControllerConfig } from '../../../src/protocol/command/get-controller-config.ts';
import { getNextBrokerId } from '../../../src/protocol/command/get-next-broker-id.ts';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import { getSyncStateData } from '../../../src/protocol/command/get-sync-state-data.ts';
import { registerBrokerToController } from '../../../src/protocol/command/register-broker-to-controller.ts';
import { updateControllerConfig } from '../../../src/protocol/command/update-controller-config.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { ControllerWorld, type PlayedBroker, setOf } from './controller-world.ts';

const SET = { clusterName: 'c', brokerName: 'b' };

let group: ControllerWorld;
let first: PlayedBroker;
let second: PlayedBroker;

/** Two live brokers with ids 1 and 2, no master yet. */
beforeEach(async () => {
  group = await ControllerWorld.serving(3);
  first = await group.broker('b1');
  await first.join(1);
  first.startBeating();
  second = await group.broker('b2');
  await second.join(2);
  second.startBeating();
  await group.world.run(20);
});

describe('a controller that does not lead', () => {
  it('answers 2007 to all but metadata, configuration and heartbeats', async () => {
    const of = group.names.find((name) => name !== group.leader)!;
    const set = { ...SET, brokerId: 1 };
    const body = Buffer.from('{"syncStateSet":[1],"syncStateSetEpoch":1}');
    const asked = [
      first.ask(getNextBrokerId, SET, { of }),
      first.ask(applyBrokerId, { ...SET, appliedBrokerId: 3, registerCheckCode: 'h:1;1' }, { of }),
      first.ask(registerBrokerToController, { ...set, brokerAddress: 'h:1', inDoubt: false }, { of }),
      first.ask(electMaster, { ...set, designateElect: false }, { of }),
      first.ask(alterSyncStateSet, { brokerName: 'b', masterBrokerId: 1, masterEpoch: 1 }, { of, body }),
      first.ask(getReplicaInfo, { brokerName: 'b' }, { of }),
      first.ask(getSyncStateData, {}, { of, body: Buffer.from('["b"]') }),
      first.ask(cleanBrokerData, { brokerName: 'b', isCleanLivingBroker: true }, { of }),
    ];
    for (const answer of await Promise.all(asked)) expect(answer.code).toBe(ResponseCode.CONTROLLER_NOT_LEADER);
    const metadata = await first.metadata(of);
    expect(metadata.header).toEqual({
      group: 'g',
      controllerLeaderId: group.leader,
      controllerLeaderAddress: group.address(group.leader),
      isLeader: false,
      peers: 'n0:n0:9878;n1:n1:9878;n2:n2:9878;',
    });
    expect((await first.ask(getControllerConfig, {}, { of })).code).toBe(ResponseCode.SUCCESS);
    const beat = { clusterName: 'c', brokerAddr: first.address, brokerName: 'b', brokerId: 1 };
    expect(await first.ask(brokerHeartbeat, beat, { of })).toMatchObject({ code: 0, remark: 'Heart beat success' });
  });
});

describe('the leader', () => {
  it('tells the master when a broker registers, once there is one that is alive', async () => {
    expect((await second.register()).header).toEqual(SET);
    await first.elect();
    const { header, body } = await second.register();
    expect(header).toEqual({
      ...SET,
      masterBrokerId: 1,
      masterAddress: 'b1:30911',
      masterEpoch: 1,
      syncStateSetEpoch: 1,
      setId: 'b1:30911;1',
    });
    expect([...setOf(body).syncStateSet]).toEqual([1]);
  });

  it('answers an election with all members, and one that changes nothing with the master that stays', async () => {
    const elected = await first.elect();
    expect(elected).toMatchObject({ code: 0, header: { masterBrokerId: 1, masterEpoch: 1, syncStateSetEpoch: 1 } });
    expect(electMasterResponseBody.decode(elected.body)).toMatchObject({
      brokerMemberGroup: { cluster: 'c', brokerName: 'b' },
      syncStateSet: new Set([1]),
    });
    const again = await second.elect();
    expect(again).toMatchObject({
      code: 2011,
      header: { masterBrokerId: 1, masterAddress: 'b1:30911', masterEpoch: 1 },
    });
  });

  it('lets an operator designate a master in sync, and nobody outside the set', async () => {
    await first.elect();
    expect((await second.elect(true)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    await first.alter(1, [1, 2], 1);
    const before = first.notices.length;
    expect(await second.elect(true)).toMatchObject({ code: 0, header: { masterBrokerId: 2, masterEpoch: 2 } });
    await group.world.run(10);
    expect(first.notices.slice(before)).toEqual([{ masterBrokerId: 2, masterEpoch: 2 }]);
  });

  it('lets an operator name the first master of a set without a word more, as nothing can be lost', async () => {
    expect(await second.elect(true)).toMatchObject({ code: 0, header: { masterBrokerId: 2, masterEpoch: 1 } });
  });

  it('lets an operator name one outside the set only with consent to a loss, while nobody in sync is alive, and says that it was one', async () => {
    await first.elect();
    const named = (acceptLoss?: boolean) =>
      second.ask(electMaster, { ...SET, brokerId: 2, designateElect: true, acceptLoss });
    // The one in sync is alive.
    const refused = await named(true);
    expect([refused.code, refused.remark]).toEqual([
      ResponseCode.CONTROLLER_ELECT_MASTER_FAILED,
      'no election of 2 for b: it is not in sync; master 1 is alive and stays',
    ]);
    first.kill();
    await group.world.run(2_000);
    const without = await named();
    expect(without.code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    expect(without.remark).toContain(
      'of the replicas only {1} is known to hold all that was acknowledged. Start one that is; if they are gone for good: ' +
        'start all brokers that have a log, then name the one with the newest epoch and the furthest end (alive: 2 (epoch -1, end 0)): ' +
        'mqadmin electMaster -a CONTROLLER -n NAMESERVER -c c -bn b -b ID --acceptLoss; what only others hold is lost then',
    );
    expect((await named(true)).header).toMatchObject({ masterBrokerId: 2, masterEpoch: 3, uncleanEpoch: 3 });
    expect(JSON.stringify(group.platform(group.leader).logger.lines)).toContain('acknowledged messages may be lost');
  });

  it('has the next leading controller say, too, that messages may be lost: who held the election may have died before it did', async () => {
    await first.elect();
    first.kill();
    await group.world.run(2_000);
    await second.ask(electMaster, { ...SET, brokerId: 2, designateElect: true, acceptLoss: true });
    group.kill(group.leader);
    await group.untilServing();
    await group.world.run(3_000);
    const said = group
      .platform(group.leader)
      .logger.lines.filter((line) => JSON.stringify(line).includes('may be lost'));
    expect(said).toHaveLength(1);
    expect(JSON.stringify(said)).toContain('"masterEpoch":3');
  });

  it('says of one who is named in vain what is wrong with that one while the master is alive, and of no way to lose messages', async () => {
    await first.elect();
    const third = await group.broker('b3');
    third.brokerId = 3;
    await third.ask(applyBrokerId, { ...SET, appliedBrokerId: 3, registerCheckCode: 'b3:30911;1' });
    const { address: brokerAddress } = third;
    const learner = { ...SET, brokerId: 3, brokerAddress, inDoubt: false, asyncLearner: true };
    await third.ask(registerBrokerToController, learner);
    const said = async (brokerId: number) =>
      (await second.ask(electMaster, { ...SET, brokerId, designateElect: true })).remark;
    const stays = 'master 1 is alive and stays';
    expect(await said(9)).toBe(`no election of 9 for b: no such replica is known, but {1, 2, 3}; ${stays}`);
    expect(await said(3)).toBe(`no election of 3 for b: it has asyncLearner=true, and is never elected; ${stays}`);
    expect(await said(2)).toBe(`no election of 2 for b: it is not in sync; ${stays}`);
    await first.alter(1, [1, 2], 1);
    second.stopBeating();
    second.kill();
    await group.world.run(2_000);
    const dead = await first.ask(electMaster, { ...SET, brokerId: 2, designateElect: true });
    expect(dead.remark).toBe(`no election of 2 for b: it is not alive; ${stays}`);
  });

  it('accepts no loss before it can know who is alive', async () => {
    await first.elect();
    first.kill();
    await group.world.run(100);
    const before = group.leader;
    group.kill(before);
    await group.world.run(50);
    await group.start(before);
    for (const name of group.names) if (name !== before) group.kill(name);
    for (const name of group.names) if (name !== before) await group.start(name);
    await group.untilServing();
    const named = () => second.ask(electMaster, { ...SET, brokerId: 2, designateElect: true, acceptLoss: true });
    expect((await named()).remark).toContain('does not know yet whether {1}, in sync, are alive: ask again in 10 s');
    await group.world.run(10_000);
    expect((await named()).code).toBe(0);
  });

  it('takes a set only from the master of now, with living brokers', async () => {
    await first.elect();
    expect((await second.alter(1, [1, 2], 1)).code).toBe(ResponseCode.CONTROLLER_INVALID_MASTER);
    expect((await first.alter(7, [1, 2], 1)).code).toBe(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH);
    expect((await first.alter(1, [1, 2], 7)).code).toBe(ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH);
    expect((await first.alter(1, [1, 9], 1)).code).toBe(ResponseCode.CONTROLLER_INVALID_REPLICAS);
    second.kill();
    await group.world.run(100);
    expect((await first.alter(1, [1, 2], 1)).code).toBe(ResponseCode.CONTROLLER_BROKER_NOT_ALIVE);
  });

  it('shows who is alive and in sync', async () => {
    await first.elect();
    second.kill();
    await group.world.run(100);
    const { body } = await first.ask(getSyncStateData, {}, { body: brokerNameList.encode(['b', 'nobody']) });
    const info = brokerReplicasInfo.decode(body);
    if (info instanceof Error) throw info;
    expect([...info.replicasInfoTable.keys()]).toEqual(['b']);
    const { inSyncReplicas, notInSyncReplicas } = info.replicasInfoTable.get('b')!;
    const replica = { brokerName: 'b', brokerId: 1, brokerAddress: 'b1:30911', alive: true };
    expect(inSyncReplicas).toEqual([replica]);
    expect(notInSyncReplicas).toEqual([{ ...replica, brokerId: 2, brokerAddress: 'b2:30911', alive: false }]);
  });

  it('forgets brokers that are gone, and living ones only if told to', async () => {
    const clean = (ids: string | undefined, isCleanLivingBroker = false) =>
      first.ask(cleanBrokerData, { brokerName: 'b', brokerControllerIdsToClean: ids, isCleanLivingBroker });
    expect(await clean('2')).toMatchObject({ code: 2009, remark: expect.stringContaining('replica 2 of b is alive') });
    expect(await clean('two')).toMatchObject({ code: 2009, remark: expect.stringContaining('such as 1;2') });
    expect((await clean('2', true)).code).toBe(ResponseCode.SUCCESS);
    expect((await second.register()).code).toBe(ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED);
    expect((await first.ask(getNextBrokerId, SET)).header.nextBrokerId).toBe(3);
    expect((await clean(undefined, true)).code).toBe(ResponseCode.SUCCESS);
    expect((await first.ask(getReplicaInfo, { brokerName: 'b' })).code).toBe(2008);
  });

  it('answers nonsense with one sentence', async () => {
    const beat = { clusterName: 'c', brokerAddr: 'h:1', brokerName: 'b' };
    expect((await first.ask(brokerHeartbeat, beat)).code).toBe(ResponseCode.CONTROLLER_INVALID_REQUEST);
    const header = { brokerName: 'b', masterBrokerId: 1, masterEpoch: 1 };
    const body = Buffer.from('{"syncStateSet":7}');
    expect((await first.ask(alterSyncStateSet, header, { body })).code).toBe(ResponseCode.CONTROLLER_INVALID_REQUEST);
    expect((await first.ask(getSyncStateData, {}, { body: Buffer.from('{}') })).code).toBe(2005);
    const other = { clusterName: 'other', brokerName: 'b', appliedBrokerId: 3, registerCheckCode: 'h:1;1' };
    expect(await first.ask(applyBrokerId, other)).toMatchObject({
      code: ResponseCode.CONTROLLER_BROKER_ID_INVALID,
      remark: 'broker name b belongs to cluster c, not to other',
    });
  });

  it('changes its configuration at run time and keeps the change, but not what only a start can change', async () => {
    const update = (text: string) => first.ask(updateControllerConfig, {}, { body: Buffer.from(text) });
    expect((await update('enableElectUncleanMaster=true')).code).toBe(ResponseCode.SUCCESS);
    const shown = (await first.ask(getControllerConfig, {})).body.toString();
    expect(shown).toContain('enableElectUncleanMaster=true\n');
    expect(shown).toContain('isProcessReadEvent=false\n');
    const disk = group.world.disk(group.leader);
    expect(Buffer.from(disk.contentOf('/controller.properties')!).toString()).toBe('enableElectUncleanMaster=true\n');
    expect((await update('controllerStorePath=/elsewhere')).code).toBe(ResponseCode.NO_PERMISSION);
    expect((await update('enableElectUncleanMaster=maybe')).remark).toContain('it must be true or false');
    // The last one in sync dies: now the other one may follow it.
    await first.elect();
    first.kill();
    await group.until(() => second.notices.some(({ masterBrokerId }) => masterBrokerId === 2));
  });
});
