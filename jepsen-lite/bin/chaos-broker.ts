import { BROKER_USAGE, startBrokerProgram } from '../../cluster/bin/broker-program.ts';
import { runProgram } from '../../cluster/bin/program.ts';
import { asPatient } from '../live/sick/patient-settings.ts';

// The production broker on a platform that can fall ill. Started by chaos runs alone, which say how in its environment.
await runProgram(BROKER_USAGE, startBrokerProgram, { hasStore: true, decorate: asPatient });
