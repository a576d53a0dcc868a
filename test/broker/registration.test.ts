import { expect, test } from 'vitest';
import { registerBrokerBody } from '../../src/protocol/body/register-broker-body.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { registerBroker } from '../../src/protocol/command/register-broker.ts';
import { FieldError } from '../../src/protocol/field-error.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { RemotingServer } from '../../src/remoting/server.ts';
import type { VirtualWorld } from '../support/virtual-platform.ts';
import { BrokerWorld } from './broker-world.ts';
import { GroupWorld } from './group-world.ts';

const SECOND = 1_000;

/** A name server that writes down what it is told. */
class NoteBook {
  readonly requests: RequestContext[] = [];

  constructor(world: VirtualWorld, name: string) {
    const platform = world.start(name);
    const dispatcher = new Dispatcher(platform);
    for (const code of [RequestCode.REGISTER_BROKER, RequestCode.UNREGISTER_BROKER]) {
      dispatcher.register(code, (context) => {
        this.requests.push(context);
        context.reply(ResponseCode.SUCCESS);
      });
    }
    const server = new RemotingServer({ platform, dispatcher });
    server.listen({ host: '0.0.0.0', port: 9876 }, (error) => {
      if (error !== undefined) throw new Error(error.error);
    });
  }

  get codes(): number[] {
    return this.requests.map(({ command }) => command.code);
  }

  last(): { brokerId: number; topics: string[]; stateVersion: number; address: string } {
    const context = this.requests.at(-1);
    const header = registerBroker.decodeRequest(context?.command.extFields ?? {});
    const body = registerBrokerBody.decode(context?.command.body ?? Buffer.alloc(0));
    if (header instanceof FieldError || body instanceof BodyError) throw header;
    const { topicConfigTable, dataVersion } = body.topicConfigSerializeWrapper;
    return {
      brokerId: header.brokerId,
      topics: [...topicConfigTable.keys()],
      stateVersion: dataVersion.stateVersion,
      address: header.brokerAddr,
    };
  }
}

const NAMES = 'namesrvAddr=ns1:9876; ns2:9876;ns3:9876\n';

test('every name server hears of the broker at its start, regularly, at each new topic, and at its stop', async () => {
  const world = await BrokerWorld.start(NAMES);
  const [first, second] = [new NoteBook(world.world, 'ns1'), new NoteBook(world.world, 'ns2')];
  await world.world.run(SECOND);
  expect([first.codes, second.codes]).toEqual([[103], [103]]);
  const registered = first.last();
  expect(registered).toMatchObject({ brokerId: 0, address: '10.0.0.1:10911', stateVersion: 0 });
  expect(registered.topics).toEqual(expect.arrayContaining(['TBW102', 'DefaultCluster', 'broker-a']));
  await world.client().send('x', { topic: 'Fresh' });
  await world.world.run(1);
  expect(first.last().topics).toContain('Fresh');
  expect(second.codes).toEqual([103, 103]);
  await world.world.run(30 * SECOND);
  expect(second.codes).toEqual([103, 103, 103]);
  await world.stop();
  expect(first.codes.at(-1)).toBe(RequestCode.UNREGISTER_BROKER);
});

test('a name server that is dead, or not there, delays nobody and is one line in the log', async () => {
  const world = await BrokerWorld.start(NAMES);
  const alive = new NoteBook(world.world, 'ns2');
  world.world.start('ns1');
  world.world.fabric.cut('broker', 'ns1');
  await world.world.run(100 * SECOND);
  expect(alive.codes).toEqual([103, 103, 103, 103]);
  await world.client().send('x', { topic: 'Fresh' });
  await world.world.run(1);
  expect(alive.last().topics).toContain('Fresh');
  const lines = world.brokerPlatform.logger.lines.filter(({ message }) => message.includes('name server'));
  const failures = lines.filter(({ level, fields }) => level === 'warn' && fields['nameServer'] === 'ns3:9876');
  expect(failures).toHaveLength(1);
});

/** The virtual time at which the broker was announced, ms after its start; undefined as long as it is not. */
function announcement(world: BrokerWorld, longestMs: number): { afterMs?: number } {
  const { clock } = world.brokerPlatform;
  const startedMs = clock.monotonicMs();
  const seen: { afterMs?: number } = {};
  world.lone.broker.whenAnnounced(longestMs, () => {
    expect(seen).toEqual({});
    seen.afterMs = clock.monotonicMs() - startedMs;
  });
  return seen;
}

test('a broker is announced when each name server has answered', async () => {
  const world = await BrokerWorld.start(NAMES.replace(';ns3:9876', ''));
  world.world.fabric.latencyMs = 20;
  const books = ['ns1', 'ns2'].map((name) => new NoteBook(world.world, name));
  const seen = announcement(world, SECOND);
  while (books.some(({ requests }) => requests.length === 0)) await world.world.run(1);
  expect(seen).toEqual({});
  await world.world.run(20);
  expect(seen.afterMs).toBeLessThan(100);
});

test('a broker whose name server does not exist is announced when that is known, and one without any at once', async () => {
  const alone = await BrokerWorld.start('namesrvAddr=nowhere:9876\n');
  const unknown = announcement(alone, SECOND);
  await alone.world.run(SECOND);
  expect(unknown.afterMs).toBeLessThan(100);
  const none = await BrokerWorld.start();
  expect(announcement(none, SECOND)).toEqual({ afterMs: 0 });
});

test('a name server that does not answer holds the announcement for the longest wait, and a stop ends it', async () => {
  const silent = async (): Promise<BrokerWorld> => {
    const world = await BrokerWorld.start('namesrvAddr=ns1:9876\n');
    world.world.start('ns1');
    world.world.fabric.cut('broker', 'ns1');
    return world;
  };
  const waiting = await silent();
  const seen = announcement(waiting, SECOND);
  await waiting.world.run(SECOND - 1);
  expect(seen).toEqual({});
  await waiting.world.run(10 * SECOND);
  expect(seen).toEqual({ afterMs: SECOND });

  const stopped = await silent();
  const never = announcement(stopped, SECOND);
  await stopped.stop();
  await stopped.world.run(10 * SECOND);
  expect(never).toEqual({});
});

test('a name server that starts after the broker hears of it soon', async () => {
  const world = await BrokerWorld.start('namesrvAddr=late:9876\n');
  await world.world.run(2 * SECOND);
  const book = new NoteBook(world.world, 'late');
  await world.world.run(3 * SECOND);
  expect(book.codes).toEqual([103]);
});

test('a change of role is registered at once, with the epoch that makes the newest master win', async () => {
  const group = await GroupWorld.start('namesrvAddr=ns1:9876\n');
  const book = new NoteBook(group.world, 'ns1');
  await group.world.run(SECOND);
  expect(book.last()).toMatchObject({ brokerId: 0, stateVersion: 1 });
  group.stepDown();
  await group.world.run(1);
  expect(book.last()).toMatchObject({ brokerId: 2 });
  group.mastership.set(true);
  await group.world.run(1);
  expect(book.last()).toMatchObject({ brokerId: 0, stateVersion: 2 });
  expect(book.codes).toHaveLength(3);
});

test('many topics in one turn are one registration, and those that follow wait for its answer', async () => {
  const world = await BrokerWorld.start('namesrvAddr=ns1:9876\n');
  const book = new NoteBook(world.world, 'ns1');
  await world.world.run(31 * SECOND);
  world.world.fabric.latencyMs = 20;
  const client = world.client();
  for (let i = 0; i < 30; i++) {
    await client.heartbeat(`group${i}`, ['Topic']);
  }
  await world.world.run(SECOND);
  expect(book.last().topics).toContain('%RETRY%group29');
  expect(book.codes.length).toBeLessThan(34);
});
