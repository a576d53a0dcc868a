import type { Command } from './command.ts';

/** Type and version of the records that carry commands (raft/FORMATS.md 6). */
export const COMMAND_RECORD = { type: 'controller-command', version: 1 } as const;

const KEYS: Readonly<Record<Command['kind'], readonly string[]>> = {
  'apply-broker-id': ['clusterName', 'brokerName', 'brokerId', 'checkCode'],
  'register-broker': [
    'brokerName',
    'brokerId',
    'address',
    'inDoubt',
    'begunEpoch',
    'renouncedEpoch',
    'knownEpoch',
    'learner',
    'epoch',
    'starts',
    'setId',
    'maxOffset',
  ],
  'alter-sync-state-set': [
    'brokerName',
    'masterId',
    'masterEpoch',
    'syncStateSet',
    'syncStateSetEpoch',
    'alive',
    'addresses',
  ],
  'elect-master': ['brokerName', 'brokerId', 'designated', 'unclean', 'acceptLoss', 'consentNeeded', 'live'],
  'clean-broker-data': ['brokerName', 'brokerIds', 'alive'],
};

/** Reads the body of a record. Throws a sentence for a version, a kind or a key that this program does not know: replay must not go past it. */
export function decodeCommand(version: number, body: Buffer): Command {
  if (version !== COMMAND_RECORD.version) {
    throw new Error(`the log holds controller commands of version ${version}, which this version does not know`);
  }
  const command = JSON.parse(body.toString()) as Command;
  const keys = KEYS[command.kind];
  if (keys === undefined)
    throw new Error(`the log holds the controller command "${command.kind}", which this version does not know`);
  const unknown = Object.keys(command).find((key) => key !== 'kind' && !keys.includes(key));
  if (unknown === undefined) return command;
  throw new Error(
    `the log holds a controller command "${command.kind}" with "${unknown}", which this version does not know`,
  );
}
