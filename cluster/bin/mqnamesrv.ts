import { NAME_SERVER_USAGE, startNameServerProgram } from './name-server-program.ts';
import { runProgram } from './program.ts';

await runProgram(NAME_SERVER_USAGE, startNameServerProgram);
