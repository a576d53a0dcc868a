import { type Group, STOP_GRACE_MS } from '../group.ts';
import { readNodeStatus } from '../node-status.ts';
import { openGroup } from '../start-group.ts';
import { ProgressLine } from './progress-line.ts';

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
const TAIL_LINES = 20;

/** Stops one process of a group in order, if it runs, starts it again, and waits until it serves. */
export async function restart(dir: string, name: string): Promise<number> {
  const group = openGroup(dir);
  if (group === undefined) {
    console.error(`There is no group in ${dir}; start makes one.`);
    return 1;
  }
  try {
    if (group.names.includes(name)) return await restartNode(group, name);
    console.error(`There is no node ${name}; ${group.names.join(', ')} are there.`);
    return 2;
  } finally {
    group.close();
  }
}

async function restartNode(group: Group, name: string): Promise<number> {
  const stopped = await group.stop(name);
  if (stopped === 'ended') console.log(`Stopped ${name}.`);
  if (stopped === 'killed') console.log(`${name} did not end within ${STOP_GRACE_MS / 1000} s and had to be killed.`);
  const startedMs = performance.now();
  const { pid } = group.start(name);
  const progress = new ProgressLine();
  progress.show(`Started ${name} (process ${pid}); waiting until it serves ...`);
  while (performance.now() - startedMs < READY_TIMEOUT_MS && group.process(name) !== undefined) {
    if (await serves(group, name)) {
      progress.clear();
      console.log(`${name} (process ${pid}) serves after ${Math.round(performance.now() - startedMs)} ms.`);
      return 0;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  progress.clear();
  const runs = group.process(name) !== undefined;
  console.error(runs ? `${name} runs, but does not serve yet.` : `${name} ended.`);
  console.error(`The end of ${group.folder.logFile(name)}:\n${group.folder.logTail(name, TAIL_LINES)}`);
  return 1;
}

async function serves(group: Group, name: string): Promise<boolean> {
  if (group.nameServers.includes(name)) return (await group.view.clusterInfo()) !== undefined;
  const node = group.nodes.find((each) => each.name === name);
  return node !== undefined && (await readNodeStatus(node.httpUrl))?.ready === true;
}
