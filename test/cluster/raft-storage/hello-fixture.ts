import type { Hello } from '../../../cluster/raft-storage/hello.ts';

/** A hello of an empty member that dials n0. */
export function helloOf(id: string, more: Partial<Hello> = {}): Hello {
  return {
    term: 3,
    incarnation: 1,
    formatVersion: 1,
    lowestVersion: 1,
    answer: false,
    fresh: false,
    inDoubt: false,
    bootstrapWithMajority: false,
    incarnationNotFromDisk: false,
    mustFeatures: 0,
    mayFeatures: 0,
    groupId: '',
    nonce: `${id.charCodeAt(1)}`.padStart(16, '0'),
    dataFileSize: 1024,
    firstPosition: 0,
    chainStart: 0,
    lastChainCrc: 0,
    firstIndex: 1,
    lastIndex: 0,
    lastTerm: 0,
    endPosition: 0,
    commit: 0,
    groupName: 'RaftNode00',
    id,
    believedId: 'n0',
    brokerAddress: `${id}:10911`,
    softwareVersion: '0.1.0',
    peerAddress: '',
    ...more,
  };
}
