import { raftNotReady } from '../../src/http/raft-readiness.ts';
import type { NodeStatus, StatusSource } from '../../src/http/status-source.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { Version, versionName } from '../../src/protocol/codes.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { ControlledBroker } from '../controller/client/controlled-broker.ts';
import type { Controller } from '../controller/controller.ts';
import type { DledgerMember } from '../dledger/dledger-member.ts';
import type { SetBroker } from '../ha/set-broker.ts';
import type { NameServer } from '../namesrv/name-server.ts';

const STOPPING = 'this program is stopping';

/** A source that says so when the program is on its way out. */
export interface ProgramSource extends StatusSource {
  stopping(): void;
}

type Part = Pick<NodeStatus, 'notReady' | 'broker' | 'replication' | 'raft' | 'nameServer' | 'controller'>;

/** A slave is ready while it follows: without its master it serves what it has, but somebody should look. */
export function setSource(platform: Platform, set: SetBroker): ProgramSource {
  const part = (): Part => {
    const replication = set.status();
    const follows = replication.role === 'master' || replication.following;
    const why = replication.problem ?? 'it has not reached its master yet';
    return {
      notReady: follows ? undefined : `this slave does not follow: ${why}`,
      broker: set.broker.status(),
      replication,
    };
  };
  return source(platform, 'mqbroker', part, () => set.broker.figures());
}

/** Ready as a master that serves, or as a slave of one. */
export function controlledSource(platform: Platform, controlled: ControlledBroker): ProgramSource {
  const part = (): Part => {
    const replication = controlled.status();
    const broker = controlled.broker.status();
    const starting = replication.role === 'master' && !broker.serving;
    const notReady = starting ? 'this master was just elected and does not serve yet' : replication.problem;
    return { notReady, broker, replication };
  };
  return source(platform, 'mqbroker', part, () => controlled.broker.figures());
}

export function memberSource(platform: Platform, member: DledgerMember): ProgramSource {
  const part = (): Part => {
    const raft = member.status();
    return { notReady: raftNotReady(raft), broker: member.broker.status(), raft };
  };
  return source(platform, 'mqbroker', part, () => member.broker.figures());
}

/** `controller`: the one that runs in the same process, if any. */
export function nameServerSource(
  platform: Platform,
  server: NameServer,
  controller: Controller | undefined,
): ProgramSource {
  const part = (): Part => {
    const { address, ...status } = server.status();
    const ofController = controller === undefined ? undefined : controllerPart(controller);
    return {
      ...ofController,
      notReady: status.state === 'serving' ? ofController?.notReady : 'this name server does not listen',
      nameServer: { ...status, address: address === undefined ? '' : formatAddress(address) },
    };
  };
  return source(platform, 'mqnamesrv', part, () => undefined);
}

export function controllerSource(platform: Platform, controller: Controller): ProgramSource {
  return source(
    platform,
    'mqcontroller',
    () => controllerPart(controller),
    () => undefined,
  );
}

function controllerPart(controller: Controller): Part {
  const { raft, ...status } = controller.status();
  return { notReady: raftNotReady(raft), raft, controller: status };
}

function source(
  { clock, process: info }: Platform,
  program: string,
  part: () => Part,
  figures: StatusSource['figures'],
): ProgramSource {
  const startedAtMs = clock.nowMs();
  let stopping = false;
  return {
    figures,
    stopping: () => {
      stopping = true;
    },
    status: () => {
      const { notReady, ...rest } = part();
      return {
        program,
        protocolVersion: versionName(Version.CURRENT),
        notReady: stopping ? STOPPING : notReady,
        startedAtMs,
        process: {
          pid: info.pid,
          nodeVersion: process.version,
          residentBytes: info.residentBytes(),
          cpuMicros: info.cpuMicros(),
        },
        ...rest,
      };
    },
  };
}
