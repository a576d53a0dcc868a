import type { Group } from '../group.ts';
import { type StartedGroup, StartFailure, startGroup } from '../start-group.ts';
import { clusterTable } from './cluster-table.ts';
import { type FirstMessages, sendFirstMessages, TOPIC } from './first-messages.ts';
import { hint, programCommand, shellWord } from './hint.ts';
import { ProgressLine } from './progress-line.ts';

export interface StartOptions {
  readonly dir: string;
  readonly nodes: number | undefined;
  readonly conf: string | undefined;
  readonly portBase: number | undefined;
  readonly signal: AbortSignal;
}

const MESSAGES = 1_000;
/** A slave that comes to its place in a set last may register a moment after the first messages. */
const REGISTRATIONS_MS = 3_000;
const INTERRUPTED = 130;
const STOP_AFTER_FAILURE_MS = 3_000;

/** Starts the group, sends and consumes messages, and says what to try next. Whatever goes wrong, nothing is left running. */
export async function start(options: StartOptions): Promise<number> {
  const progress = new ProgressLine();
  let group: Group | undefined;
  try {
    const started = await startGroup({
      dir: options.dir,
      signal: options.signal,
      ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
      ...(options.conf === undefined ? {} : { conf: options.conf }),
      ...(options.portBase === undefined ? {} : { portBase: options.portBase }),
      onStarted: ({ names }) => progress.show(`Started ${names.join(', ')}; waiting until the group serves ...`),
    });
    group = started.group;
    await greet(started, progress, options.signal);
    return 0;
  } catch (error) {
    progress.clear();
    if (options.signal.aborted) console.error('Interrupted; what had been started is stopped.');
    else console.error(describeFailure(error));
    await group?.stopAll(STOP_AFTER_FAILURE_MS);
    return options.signal.aborted ? INTERRUPTED : 1;
  } finally {
    group?.close();
  }
}

async function greet(started: StartedGroup, progress: ProgressLine, signal: AbortSignal): Promise<void> {
  const { group, leader } = started;
  progress.show(`${leader.name} ${leads(group)}; sending ${MESSAGES} messages ...`);
  const { platform, nameServer } = group;
  const onConsumed = (count: number) =>
    progress.show(`Consuming: ${count > 0 ? 'messages arrive' : 'waiting for the first'} ...`);
  const messages = await sendFirstMessages({ platform, nameServer, count: MESSAGES, signal, onConsumed });
  progress.clear();
  if (messages.consumed < MESSAGES) {
    throw new StartFailure(`Only ${messages.consumed} of ${MESSAGES} acknowledged messages could be consumed.`);
  }
  console.log(summary(started, messages));
  await group.waitForRegistrations(REGISTRATIONS_MS, { signal });
  console.log(await clusterTable(platform, nameServer));
  console.log(nextCommands(group));
}

function summary({ group, leader, firstStartMs, leaderMs }: StartedGroup, messages: FirstMessages): string {
  const since = (ms: number) => `${Math.round(ms - firstStartMs)} ms`;
  const { firstAcknowledgedMs, sendMs, consumeMs } = messages;
  return `${leader.name} ${leads(group)} ${since(leaderMs)} after the start of the first process, and the first SEND_OK came after ${since(firstAcknowledgedMs)}.
Sent ${MESSAGES} messages to topic ${TOPIC} in ${Math.round(sendMs)} ms, and consumed all of them in ${Math.round(consumeMs)} ms.
Configuration, logs and data are in ${group.folder.path}.
`;
}

/** Of several masters one is named. */
function leads({ layout }: Group): string {
  return layout.elects ? 'leads' : 'is a master';
}

function nextCommands({ nameServer, folder }: Group): string {
  const example = `${programCommand('mqexample')} org.apache.rocketmq.example.quickstart`;
  return `
Next:
  export NAMESRV_ADDR=${shellWord(nameServer)}
  ${example}.Producer
  ${example}.Consumer
  ${programCommand('mqadmin')} topicStatus -n ${shellWord(nameServer)} -t ${TOPIC}
  ${hint('status', folder.path)}
  ${hint('kill-leader', folder.path)}
  ${hint('stop', folder.path)}`;
}

function describeFailure(error: unknown): string {
  if (error instanceof StartFailure) return error.message;
  return error instanceof Error ? `The start failed: ${error.message}` : String(error);
}
