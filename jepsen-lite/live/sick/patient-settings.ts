import type { Platform } from '../../../src/platform/ports.ts';
import { parseAddress } from '../../../src/remoting/address.ts';
import { type Detours, Patient } from './patient.ts';
import { admit } from './ward.ts';

/** Environment variable by which a run tells a process how to be its patient: `PatientSettings` as JSON. */
export const PATIENT_VARIABLE = 'LEDGERMQ_PATIENT';

/** What a process has to know to be a patient. */
export interface PatientSettings {
  readonly name: string;
  /** Where the ward listens, `host:port`. */
  readonly ward: string;
  readonly detours: Detours;
  /** How often its machine has lost power: each time it finds another boot. */
  readonly boots: number;
}

/** The platform of a patient, over the real one; what ails it is heard from its ward. */
export function asPatient(real: Platform): Platform {
  const text = process.env[PATIENT_VARIABLE];
  if (text === undefined) throw new Error(`${PATIENT_VARIABLE} is not set: only a chaos run starts this program`);
  const { name, ward, detours, boots } = JSON.parse(text) as PatientSettings;
  const patient = new Patient(real, detours, boots);
  const address = parseAddress(ward);
  if (address === undefined) throw new Error(`${PATIENT_VARIABLE} names no ward: ${ward}`);
  admit(real, address, { name }, (ailments) => {
    patient.ailments = ailments;
  });
  return patient;
}
