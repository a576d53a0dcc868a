import { describe, expect, it } from 'vitest';
import { BrokerClient } from '../../../src/client/broker-client.ts';
import { NameServerClient } from '../../../src/client/name-server-client.ts';
import { RouteCache } from '../../../src/client/route/route-cache.ts';
import { topicRouteData } from '../../../src/protocol/body/topic-route-data.ts';
import { RequestCode, ResponseCode } from '../../../src/protocol/codes.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { Dispatcher } from '../../../src/remoting/dispatcher.ts';
import { RemotingServer } from '../../../src/remoting/server.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

/** A name server that answers with one broker address, and counts. */
class OneRoute {
  address: string | undefined = 'b0:1';
  silent = false;
  asked = 0;

  constructor(world: VirtualWorld, host: string) {
    const platform = world.start(host);
    const dispatcher = new Dispatcher(platform);
    dispatcher.register(RequestCode.GET_ROUTEINFO_BY_TOPIC, (context) => {
      this.asked++;
      if (this.silent) return;
      if (this.address === undefined) context.reply(ResponseCode.TOPIC_NOT_EXIST, 'no route');
      else context.reply(ResponseCode.SUCCESS, undefined, undefined, [routeTo(this.address)]);
    });
    new RemotingServer({ platform, dispatcher }).listen({ host: '0.0.0.0', port: 9876 }, () => {});
  }
}

function routeTo(address: string): Buffer {
  return topicRouteData.encode({
    queueDatas: [{ brokerName: 'a', readQueueNums: 1, writeQueueNums: 1, perm: 6, topicSysFlag: 0 }],
    brokerDatas: [{ cluster: 'C', brokerName: 'a', brokerAddrs: new Map([[0, address]]), enableActingMaster: false }],
    filterServerTable: new Map(),
  });
}

function setUp(addresses: readonly string[] = ['n0:9876']) {
  const world = new VirtualWorld();
  const servers = addresses.map((address) => new OneRoute(world, address.split(':')[0] as string));
  const platform = world.start('client');
  const brokers = new BrokerClient(new RemotingClient({ platform }));
  const nameServers = new NameServerClient(brokers, { addresses, firstIndex: 0 });
  const changed: string[] = [];
  const errors: string[] = [];
  const cache = new RouteCache({
    platform,
    nameServers,
    refreshMs: 30_000,
    onChanged: (route) => changed.push(route.addresses().join()),
    onError: (_topic, error) => errors.push(error.message),
  });
  cache.start();
  const settle = <Result>(promise: Promise<Result>) => world.settle(promise);
  return { world, server: servers[0]!, servers, cache, changed, errors, settle };
}

describe('RouteCache', () => {
  it('asks once for all who need a route at the same time', async () => {
    const { cache, server, settle, changed } = setUp();
    const routes = await settle(Promise.all(Array.from({ length: 100 }, () => cache.load('T'))));
    expect(new Set(routes).size).toBe(1);
    expect(server.asked).toBe(1);
    await settle(cache.load('T'));
    expect(server.asked).toBe(1);
    expect(changed).toEqual(['b0:1']);
  });

  it('asks again after its time, and tells only of changes', async () => {
    const { cache, server, settle, world, changed } = setUp();
    await settle(cache.load('T'));
    await world.run(30_100);
    expect(server.asked).toBe(2);
    server.address = 'b1:1';
    await world.run(30_000);
    expect(cache.get('T')?.addresses()).toEqual(['b1:1']);
    expect(changed).toEqual(['b0:1', 'b1:1']);
    cache.stop();
    await world.run(60_000);
    expect(server.asked).toBe(3);
  });

  it('does not ask again because of a failure when the route is a moment old', async () => {
    const { cache, server, settle, world } = setUp();
    await settle(cache.load('T'));
    await settle(cache.refresh('T'));
    expect(server.asked).toBe(1);
    await world.run(20);
    await settle(cache.refresh('T'));
    expect(server.asked).toBe(2);
  });

  it('keeps the last route when the name server has lost it', async () => {
    const { cache, server, settle, world } = setUp();
    await settle(cache.load('T'));
    server.address = undefined;
    await world.run(20);
    expect(await settle(cache.refresh('T'))).toBeUndefined();
    expect(cache.get('T')?.addresses()).toEqual(['b0:1']);
  });

  it('asks another name server when one is silent, or when its route led nowhere', async () => {
    const { cache, servers, settle, world } = setUp(['n0:9876', 'n1:9876']);
    servers[1]!.address = 'b1:1';
    await settle(cache.load('T'));
    expect(cache.get('T')?.addresses()).toEqual(['b0:1']);
    await world.run(20);
    expect((await settle(cache.refreshElsewhere('T')))?.addresses()).toEqual(['b1:1']);
    servers[1]!.silent = true;
    await world.run(20);
    expect((await settle(cache.refresh('T')))?.addresses()).toEqual(['b0:1']);
  });

  it('reports a refresh that failed and goes on', async () => {
    const { cache, server, settle, world, errors } = setUp();
    await settle(cache.load('T'));
    server.silent = true;
    await world.run(32_000);
    expect(errors).toEqual([expect.stringContaining('no name server answered')]);
    server.silent = false;
    await world.run(30_000);
    expect(errors).toHaveLength(1);
    expect(cache.get('T')).toBeDefined();
  });
});
