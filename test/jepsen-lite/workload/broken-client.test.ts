import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';
import { SimWorld } from '../../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../../jepsen-lite/sim/trace.ts';
import { runAdministrator } from '../../../jepsen-lite/workload/administrator.ts';
import { runCommitter } from '../../../jepsen-lite/workload/committer.ts';
import { Consumption } from '../../../jepsen-lite/workload/consumption.ts';
import { runDelaySender } from '../../../jepsen-lite/workload/delay-sender.ts';
import { runLengthReader } from '../../../jepsen-lite/workload/length-reader.ts';
import { runOffsetRegisters } from '../../../jepsen-lite/workload/offset-registers.ts';
import { runReader } from '../../../jepsen-lite/workload/reader.ts';
import { runStaleReader } from '../../../jepsen-lite/workload/stale-reader.ts';
import { runStaleSender } from '../../../jepsen-lite/workload/stale-sender.ts';
import { runTopicSettings } from '../../../jepsen-lite/workload/topic-settings.ts';
import {
  type Client,
  callFailure,
  type MetadataRecord,
  type Workload,
} from '../../../jepsen-lite/workload/workload.ts';
import { ClientError } from '../../../src/client/errors.ts';

const bug = new TypeError('a bug in the network port');
const addresses = ['10.0.0.9:30911'];
const metadata: MetadataRecord = {
  topicInDoubt() {},
  topicIs() {},
  groupInDoubt() {},
  groupIs() {},
  offsetStored() {},
  offsetInDoubt() {},
};

const workloads: Record<string, (workload: Workload, client: Client) => Promise<void>> = {
  reader: (workload, client) => runReader(workload, client, 'r0', 10),
  'stale reader': (workload, client) => runStaleReader(workload, client, addresses, 10),
  'stale sender': (workload, client) => runStaleSender(workload, client, addresses, 10),
  committer: (workload, client) => runCommitter(workload, client, metadata, addresses, 10),
  'offset registers': (workload, client) => runOffsetRegisters(workload, client, addresses, 10),
  'topic settings': (workload, client) => runTopicSettings(workload, client, addresses, 10),
  'delay sender': (workload, client) => runDelaySender(workload, client, addresses, 10),
  'length reader': (workload, client) => runLengthReader(workload, client, addresses, 10),
  administrator: (workload, client) => runAdministrator(workload, client, metadata, addresses, 10),
};

/** How a client ends whose every connection fails by `connect`, and what it counted. */
async function play(name: string, connect: () => never) {
  const world = new SimWorld(5, nodeEngine, new Trace());
  const process = world.start('client');
  process.network.connect = connect;
  const client: Client = { process, chance: new Chance(5, 'client') };
  const counted: string[] = [];
  const workload: Workload = {
    history: new History(),
    judge: { ledger: { at: () => undefined, lengthOf: () => 3 }, acknowledged() {}, seen() {}, broken() {} },
    nameServer: 'ns:9876',
    topics: ['A'],
    stopped: false,
    consumersStopped: false,
    consumption: new Consumption(),
    nowNs: () => 0,
    newProcess: () => 0,
    newValue: () => '#0',
    ended: (outcome) => counted.push(outcome),
  };
  let thrown: unknown;
  workloads[name]?.(workload, client).catch((error: unknown) => {
    thrown = error;
  });
  await world.loop.run(5_000_000);
  return { thrown, counted };
}

test.each(Object.keys(workloads))('a bug in what the %s stands on ends it, and is no outcome', async (name) => {
  const { thrown, counted } = await play(name, () => {
    throw bug;
  });
  expect([thrown, counted]).toEqual([bug, []]);
});

test("the client's own error is an outcome", () => {
  const error = new ClientError('timeout', 'no answer came in time');
  expect(callFailure(error)).toBe(error);
  expect(() => callFailure('thrown text')).toThrow('thrown text');
});
