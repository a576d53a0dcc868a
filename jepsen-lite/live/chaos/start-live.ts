import { join } from 'node:path';
import { GroupFolder } from '../../../cluster/launch/group-folder.ts';
import { findLayout } from '../../../cluster/launch/layouts.ts';
import type { Programs } from '../../../cluster/launch/node-settings.ts';
import { freePortBase, portsFrom } from '../../../cluster/launch/ports.ts';
import { startGroup } from '../../../cluster/launch/start-group.ts';
import { assert } from '../../../src/base/assert.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { formatAddress } from '../../../src/remoting/address.ts';
import type { FullDisks } from '../disk/full-disks.ts';
import { openDisks } from '../disk/open-disks.ts';
import type { LiveNetwork } from '../network/live-network.ts';
import { type CutMeans, openNetwork } from '../network/open-network.ts';
import type { Detours } from '../sick/patient.ts';
import { PATIENT_VARIABLE, type PatientSettings } from '../sick/patient-settings.ts';
import { Ward } from '../sick/ward.ts';
import { MARK_VARIABLE } from '../watchdog/undo.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { Ailing } from './ailing.ts';
import type { LiveJudge } from './client-judge.ts';
import { dledgerMode } from './dledger-mode.ts';
import { LiveGroup } from './live-group.ts';
import { livenessOf } from './live-liveness.ts';
import type { LiveMode } from './live-mode.ts';
import { CLIENTS_PARTY, partyOf } from './parties.ts';

const SOUND_MS = 30_000;
const STOP_MS = 10_000;

export interface StartLiveOptions {
  /** Default: a DLedger group. */
  readonly mode?: LiveMode;
  /** Shipped files; default: those of the mode. */
  readonly conf?: string;
  readonly nodes: number;
  readonly directory: string;
  readonly programs: Programs;
  /** Keys for all brokers, over those of the shipped files. */
  readonly brokerKeys: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What the run itself stands on. */
  readonly real: Platform;
  /** Environment by which the processes of this run are known. */
  readonly mark: string;
  readonly watchdog: Watchdog;
  /** Faults will fill disks. */
  readonly fillsDisks: boolean;
  /** Default: by proxies. */
  readonly cuts?: CutMeans;
  readonly judge: LiveJudge;
  readonly journal: (line: string) => void;
}

/** A group whose links can be hurt and whose brokers can fall ill. */
export interface StartedLive {
  readonly live: LiveGroup;
  /** Of the members. */
  readonly disks: FullDisks;
  readonly network: LiveNetwork;
  /** Of the clients of the run. */
  readonly clientDetours: Detours;
  /** Ends processes and links. */
  close(): Promise<void>;
}

/** Lays the links, starts the group over them, and waits until all members are sound. Throws `StartFailure`. */
export async function startLive(options: StartLiveOptions): Promise<StartedLive> {
  const { mode = dledgerMode, nodes, directory, programs, brokerKeys, signal, real, mark, judge, journal } = options;
  const { watchdog, fillsDisks: areFilled, cuts = 'proxies' } = options;
  const { conf = mode.conf } = options;
  const layout = findLayout(conf);
  assert(layout !== undefined, 'modes name layouts that are there');
  const portBase = await freePortBase(nodes);
  const plan = portsFrom(portBase, nodes);
  const failed = (error: Error): void => judge.broken('chaos', error.stack ?? error.message);
  const network = await openNetwork({ means: cuts, layout, plan, real, watchdog, failed });
  const { links, detours } = network;
  const ward = new Ward(real);
  const wardAddress = formatAddress(await ward.open(network.host));
  let live: LiveGroup | undefined;
  const environment = (name: string): Record<string, string> => {
    const boots = live?.members.find((member) => member.name === name)?.boots ?? 0;
    const settings: PatientSettings = { name, ward: wardAddress, detours: detours.get(partyOf(name)) ?? {}, boots };
    return { [MARK_VARIABLE]: mark, [PATIENT_VARIABLE]: JSON.stringify(settings) };
  };
  const dir = join(directory, 'group');
  const folder = new GroupFolder(dir);
  const stores = new Map(layout.brokers(nodes).map(({ name }) => [name, folder.storeDirectory(name)]));
  const ailing = new Ailing(ward);
  const disks = await openDisks({ stores, areFilled, watchdog, ailing, journal });
  const leave = async (): Promise<void> => {
    await network.close();
    ward.close();
    await disks.close();
  };
  const count = layout.count === undefined ? { nodes } : {};
  const groupOptions = {
    dir,
    conf,
    ...count,
    portBase,
    programs,
    signal,
    environment,
    commandPrefix: (name: string) => network.commandPrefix(partyOf(name)),
    brokerKeys: { ...network.keys, ...brokerKeys },
    nameServerKeys: network.keys,
    onStarted: () => void network.open().catch(failed),
  };
  const { group } = await startGroup(groupOptions).catch(async (error: Error) => {
    await leave();
    throw error;
  });
  live = new LiveGroup({ mode, group, links, ward, ailing, disks, judge, journal });
  const close = async (): Promise<void> => {
    await live.heal({ starts: false });
    await group.stopAll(STOP_MS);
    group.close();
    await leave();
  };
  await untilSound(live, real, signal);
  return { live, disks, network, clientDetours: detours.get(CLIENTS_PARTY) ?? {}, close };
}

/** Right after its foundation a group would not survive the loss of a member. */
async function untilSound(live: LiveGroup, real: Platform, signal: AbortSignal): Promise<void> {
  const areSound = () => live.members.every(({ isSound }) => isSound);
  await livenessOf(live, real, signal).within(
    SOUND_MS,
    `not all members were sound ${SOUND_MS} ms after the start`,
    areSound,
  );
}
