import { setTimeout as sleep } from 'node:timers/promises';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { SendResult } from '../../../src/client/producer/send-result.ts';
import { hostText } from '../../../src/protocol/message/host.ts';
import { parseOffsetMessageId } from '../../../src/protocol/message/message-id.ts';
import type { Group, GroupNode } from '../group.ts';
import { openGroup } from '../start-group.ts';
import { TOPIC } from './first-messages.ts';
import { hint } from './hint.ts';
import { whyNobodyTakesOver } from './succession.ts';

const LEADER_TIMEOUT_MS = 5_000;
const OUTAGE_TIMEOUT_MS = 30_000;
const SEND_TIMEOUT_MS = 3_000;
const PAUSE_AFTER_ERROR_MS = 1;

/** Kills the leader while messages are being sent, and tells after how long the next one was acknowledged; at once where nobody can take over. */
export async function killLeader(dir: string): Promise<number> {
  const group = openGroup(dir);
  const leader = await group?.waitForLeader(LEADER_TIMEOUT_MS, { giveUp: () => group.running().length === 0 });
  if (group === undefined || leader === undefined) {
    console.error(`No leader serves in ${dir}; status shows what runs, start starts a group.`);
    group?.close();
    return 1;
  }
  try {
    return await killAndSend(group, leader);
  } finally {
    group.close();
  }
}

async function killAndSend(group: Group, leader: GroupNode): Promise<number> {
  const { platform, nameServer } = group;
  const producer = new Producer(platform, { nameServers: nameServer, group: 'fast_try_producer' });
  await producer.start();
  try {
    await producer.send({ topic: TOPIC, body: 'before the kill' }, { timeoutMs: LEADER_TIMEOUT_MS });
    const pid = group.process(leader.name)?.pid;
    const others = group.nodes.filter(({ name }) => name !== leader.name && group.process(name) !== undefined);
    const addresses = others.map(({ address }) => address);
    const nobody = whyNobodyTakesOver(group.layout.elects, addresses, await group.view.masterAddresses());
    const killedMs = performance.now();
    const gone = group.kill(leader.name);
    const outcome = nobody === undefined ? await sendUntilElsewhere(producer, leader, killedMs) : undefined;
    await gone;
    console.log(`Killed ${leader.name} (process ${pid}, ${leader.address}) with SIGKILL.`);
    const back = `Bring ${leader.name} back: ${hint(`restart ${shortName(leader.name)}`, group.folder.path)}`;
    if (nobody !== undefined) {
      console.error(`${nobody} ${back}`);
      return 1;
    }
    if (outcome === undefined) {
      console.error(
        `No send was acknowledged within ${OUTAGE_TIMEOUT_MS / 1000} s. A group serves while a majority of its brokers runs.`,
      );
      return 1;
    }
    const next = await group.waitForLeader(LEADER_TIMEOUT_MS);
    console.log(
      `The next send was acknowledged after ${Math.round(outcome.afterMs)} ms; ${next?.name ?? 'nobody'} ${group.layout.elects ? 'leads' : 'is a master'} now.`,
    );
    console.log(back);
    return 0;
  } finally {
    await producer.close();
  }
}

function shortName(name: string): string {
  return /^n\d+$/.test(name) ? name.slice(1) : name;
}

/** Sends until another broker than the killed one acknowledges. What the dying one still acknowledged does not count. */
async function sendUntilElsewhere(
  producer: Producer,
  killed: GroupNode,
  killedMs: number,
): Promise<{ afterMs: number } | undefined> {
  while (performance.now() - killedMs < OUTAGE_TIMEOUT_MS) {
    try {
      const result = await producer.send({ topic: TOPIC, body: 'after the kill' }, { timeoutMs: SEND_TIMEOUT_MS });
      if (storedBy(result) !== killed.address) return { afterMs: performance.now() - killedMs };
    } catch {
      // The outage that is being measured.
      await sleep(PAUSE_AFTER_ERROR_MS);
    }
  }
  return undefined;
}

/** Address of the broker that led when the message was stored. */
function storedBy({ offsetMessageId }: SendResult): string {
  const id = parseOffsetMessageId(offsetMessageId);
  return id === undefined ? '' : hostText(id.host);
}
