import { expect, it } from 'vitest';
import type { Socket } from '../../../../src/platform/ports.ts';
import { Dispatcher } from '../../../../src/remoting/dispatcher.ts';
import { RemotingServer } from '../../../../src/remoting/server.ts';
import { ControllerWorld } from '../controller-world.ts';
import { FakeReplica } from './fake-replica.ts';

it('says in one sentence that an address is no controller', async () => {
  const group = await ControllerWorld.serving(1);
  const other = group.world.start('other');
  const server = new RemotingServer({ platform: other, dispatcher: new Dispatcher(other) });
  await group.world.settle(
    new Promise<void>((resolve) => server.listen({ host: '0.0.0.0', port: 9876 }, () => resolve())),
  );
  const replica = await FakeReplica.start(group, 'b1', { controllers: ['other:9876'] });
  await group.world.run(20_000);
  expect(replica.roles.role).toBe('fenced');
  const told = replica.platform.logger.lines.filter(({ message }) => message.includes('is no controller'));
  expect(told).toHaveLength(1);
  expect(told[0]!.message).toContain('controllerAddr: other:9876 is no controller');
});

it.each([
  [
    'HTTP',
    'it does not speak the remoting protocol',
    (socket: Socket) => socket.write([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]),
  ],
  ['HA', 'it took the connection and closed it', (socket: Socket) => socket.end()],
])('says so once of an address that is an %s port', async (_what, why, answer) => {
  const group = await ControllerWorld.serving(1);
  const other = group.world.start('other');
  other.network.listen(
    { host: '0.0.0.0', port: 80 },
    (socket) => socket.setHandlers({ onData: () => answer(socket), onClose: () => {} }),
    () => {},
  );
  const replica = await FakeReplica.start(group, 'b1', { controllers: ['other:80'] });
  await group.world.run(20_000);
  const told = replica.platform.logger.lines.filter(({ message }) =>
    /no controller \(|cannot be reached|remoting/.test(message),
  );
  const sentence = `controllerAddr: other:80 is no controller (${why}); give the ports of controllerDLegerPeers, not those of name servers or brokers`;
  expect(told.map(({ message }) => message).filter((message) => message.startsWith('controllerAddr'))).toEqual([
    sentence,
  ]);
  expect(told.length).toBeLessThanOrEqual(2);
});
