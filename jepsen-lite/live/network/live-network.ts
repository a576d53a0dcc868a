import type { Detours } from '../sick/patient.ts';
import type { Links } from './links.ts';

/** How the processes of a run reach each other, and how their links are hurt. */
export interface LiveNetwork {
  /** By what means cuts are made, in words. */
  readonly by: string;
  readonly links: Links;
  /** What each party has to dial instead of the addresses that the group tells. */
  readonly detours: ReadonlyMap<string, Detours>;
  /** Where the run itself listens for its processes, past all links. */
  readonly host: string;
  /** Keys that name server and brokers need here. */
  readonly keys: Readonly<Record<string, string>>;
  /** What stands before the command of a party's process. */
  commandPrefix(party: string): readonly string[];
  /** The processes are started: opens their ports to the run and its launcher, past all links. */
  open(): Promise<void>;
  close(): Promise<void>;
}
