import { BROKER_USAGE, startBrokerProgram } from './broker-program.ts';
import { runProgram } from './program.ts';

await runProgram(BROKER_USAGE, startBrokerProgram, { hasStore: true });
