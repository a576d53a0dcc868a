import { expect, test } from 'vitest';
import { BrokerIdentity } from '../../../../cluster/controller/client/broker-identity.ts';
import type { ControllerAnswer, ControllerClient } from '../../../../cluster/controller/client/controller-client.ts';
import { Enrolment } from '../../../../cluster/controller/client/enrolment.ts';
import { getReplicaInfo } from '../../../../src/protocol/command/get-replica-info.ts';
import { registerBrokerToController } from '../../../../src/protocol/command/register-broker-to-controller.ts';
import { ResponseCode } from '../../../../src/protocol/response-code.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';

const SET = { clusterName: 'c', brokerName: 'b' };

/** What a broker in doubt says of epochs when it registers, if controllers answer its question for the epoch of now so, one after another. */
async function said(...answers: readonly Partial<ControllerAnswer<object>>[]) {
  const world = new VirtualWorld();
  const platform = world.start('b1');
  const identity = BrokerIdentity.open(platform.disk, '/brokerIdentity', SET) as BrokerIdentity;
  identity.want({ brokerId: 2, checkCode: 'x' });
  identity.keep(2);
  const left = [...answers];
  const registered: object[] = [];
  const controllers = {
    ask(definition: object, header: object, _body: undefined, done: (answer: object) => void): void {
      const ok = { code: ResponseCode.SUCCESS, remark: '', header: {}, body: Buffer.alloc(0) };
      const isQuestion = definition === getReplicaInfo;
      if (!isQuestion) {
        expect(definition).toBe(registerBrokerToController);
        registered.push(header);
      }
      done(isQuestion ? { ...ok, ...left.shift() } : ok);
    },
  } as unknown as ControllerClient;
  const ownLog = {
    inDoubt: true,
    renounce: () => 1,
    directory: { setId: undefined, starts: ['first'], registered: () => {} },
    position: () => ({ maxPosition: 0 }),
    newestEpoch: 1,
  };
  const name = { ...SET, address: 'b1:1', learner: false };
  new Enrolment(platform, name, identity, controllers).enrol(ownLog, () => {});
  await world.run(1_000);
  expect(left).toEqual([]);
  expect(registered).toHaveLength(1);
  return registered[0];
}

const epochOfNow = { header: { masterEpoch: 2 } };
const renounced = { inDoubt: true, begunEpoch: 1, renouncedEpoch: 2, knownEpoch: 2 };

test('a broker in doubt says which epochs it never began', async () => {
  expect(await said(epochOfNow)).toMatchObject(renounced);
});

test.for([ResponseCode.CONTROLLER_NOT_LEADER, ResponseCode.SYSTEM_ERROR])(
  'it asks again where a controller cannot tell the epoch of now (code %i)',
  async (code) => {
    const cannotTell = { code, remark: 'ask any of them for the leader' };
    expect(await said(cannotTell, cannotTell, epochOfNow)).toMatchObject(renounced);
  },
);

test('it has nothing to say of a set that the controllers do not know', async () => {
  const unknown = { code: ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST, remark: 'no broker b is known' };
  expect(await said(unknown)).toMatchObject({ inDoubt: true, begunEpoch: undefined, knownEpoch: 0 });
});
