import { NAME_SERVER_USAGE, startNameServerProgram } from '../../cluster/bin/name-server-program.ts';
import { runProgram } from '../../cluster/bin/program.ts';
import { asPatient } from '../live/sick/patient-settings.ts';

// The production name server, and the Controller inside it, on a platform whose connections go over links that can be cut. Started by chaos runs and drills alone.
await runProgram(NAME_SERVER_USAGE, startNameServerProgram, { decorate: asPatient });
