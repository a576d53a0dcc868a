import { isSameProcess } from '../launch/process-identity.ts';
import { liveRuns, type ProgramKind, type RunRecord } from '../launch/run-record.ts';

const USAGE = `Usage: mqshutdown broker | namesrv | controller

Stops the brokers, name servers or controllers of this machine that were started with mqbroker, mqnamesrv or mqcontroller, by the process ids that
they recorded. Waits until they have ended. Exit codes: 0 stopped, 1 nothing runs or one did not end, 2 wrong usage.`;
const KINDS: readonly ProgramKind[] = ['broker', 'namesrv', 'controller'];
const WAIT_MS = 60_000;
const POLL_MS = 50;

async function main(argv: readonly string[]): Promise<number> {
  const what = argv[0];
  if (what === '-h' || what === '--help') {
    console.log(USAGE);
    return 0;
  }
  const kind = KINDS.find((each) => each === what);
  if (argv.length !== 1 || kind === undefined) {
    console.error(USAGE);
    return 2;
  }
  const runs = liveRuns().filter((run) => run.kind === kind);
  if (runs.length === 0) {
    console.error(`No mq${kind} running.`);
    return 1;
  }
  for (const run of runs) {
    console.log(`The mq${kind}(${run.pid}) is running...`);
    process.kill(run.pid, 'SIGTERM');
    console.log(`Send shutdown request to mq${kind}(${run.pid}) OK`);
  }
  const stuck = await waitForEnd(runs);
  for (const run of stuck) console.error(`mq${kind}(${run.pid}) has not ended after ${WAIT_MS / 1000} s`);
  return stuck.length === 0 ? 0 : 1;
}

async function waitForEnd(runs: readonly RunRecord[]): Promise<RunRecord[]> {
  const deadline = Date.now() + WAIT_MS;
  let left = [...runs];
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    left = left.filter((run) => isSameProcess(run.pid, run.startTime));
  }
  return left;
}

process.exitCode = await main(process.argv.slice(2));
