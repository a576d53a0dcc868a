import { type Hello, type Refusal, refusals } from './hello.ts';

/** Feature bits that this version knows: none exist yet. */
const knownFeatures = 0;

/** What is remembered of a peer's starts. */
export interface SeenStart {
  readonly incarnation: number;
  /** '' = not known: remembered by a version that kept the number alone. */
  readonly nonce: string;
}

export interface HelloContext {
  readonly own: Hello;
  readonly theirs: Hello;
  /** On a connection that was dialed: whom it was meant to reach. */
  readonly expectedId: string | undefined;
  /** Other members. */
  readonly members: ReadonlySet<string>;
  /** Newest start of this peer that was seen. */
  readonly seen: SeenStart | undefined;
}

/** Why two members must not talk, in a sentence that holds both values; undefined if they may (raft/FORMATS.md 4, "Checked by both sides"). */
export function checkHello(context: HelloContext): Refusal | undefined {
  return formatFault(context) ?? nameFault(context) ?? layoutFault(context) ?? startFault(context);
}

function formatFault({ own, theirs }: HelloContext): Refusal | undefined {
  if (theirs.formatVersion < own.lowestVersion || own.formatVersion < theirs.lowestVersion) {
    const range = (hello: Hello) => `${hello.lowestVersion} to ${hello.formatVersion}`;
    return refuse('format', `${theirs.id} speaks formats ${range(theirs)}, ${own.id} speaks ${range(own)}`);
  }
  const unknown = theirs.mustFeatures - knownFeatures;
  if (unknown === 0) return undefined;
  return refuse('feature', `${theirs.id} needs features ${theirs.mustFeatures}, ${own.id} knows ${knownFeatures}`);
}

function nameFault({ own, theirs, expectedId, members }: HelloContext): Refusal | undefined {
  if (theirs.groupName !== own.groupName) {
    const text = `${theirs.id} is of group ${theirs.groupName}, ${own.id} of group ${own.groupName}: compare dLegerGroup`;
    return refuse('groupName', text);
  }
  if (theirs.groupId !== '' && own.groupId !== '' && theirs.groupId !== own.groupId) {
    const text = `${theirs.id} has group id ${theirs.groupId}, ${own.id} has ${own.groupId}: their stores belong to different groups`;
    return refuse('groupId', text);
  }
  if (theirs.id === own.id) {
    return refuse('memberId', `two members are called ${own.id}: compare dLegerSelfId and dLegerPeers`);
  }
  if (expectedId !== undefined && theirs.id !== expectedId) {
    return refuse('memberId', `${own.id} dialed ${expectedId} and reached ${theirs.id}: compare dLegerPeers`);
  }
  if (expectedId === undefined && theirs.believedId !== own.id) {
    return refuse('memberId', `${theirs.id} dialed ${theirs.believedId} and reached ${own.id}: compare dLegerPeers`);
  }
  if (members.has(theirs.id) || mayKnowMore(own, theirs)) return undefined;
  const known = [...members].join(', ');
  return refuse(
    'notMember',
    `${theirs.id} is no member for ${own.id}, which knows ${known || 'no other'}: compare dLegerPeers, or add it with mqadmin addMember`,
  );
}

/**
 * A stranger of the same group whose log reaches as far as the own one may be a member by an entry that the own log lacks: it is listened to, and the
 * messages decide. One that was removed has a log that ends earlier, and is refused.
 */
function mayKnowMore(own: Hello, theirs: Hello): boolean {
  if (own.groupId === '' || theirs.groupId !== own.groupId || theirs.peerAddress === '') return false;
  if (theirs.lastTerm !== own.lastTerm) return theirs.lastTerm > own.lastTerm;
  return theirs.lastIndex >= own.lastIndex;
}

const REMEDIES: Readonly<Record<string, string>> = {
  dataFileSize: ': compare mappedFileSizeCommitLog',
  chainStart:
    ': where stock DLedger directories are taken over, all must end with the same entry; go back, stop the producers until all members have the same, and stop them together',
};

function layoutFault({ own, theirs }: HelloContext): Refusal | undefined {
  const fields = [['dataFileSize', 'data-file size'] as const];
  const more = [['firstPosition', 'first position'] as const, ['chainStart', 'chain start'] as const];
  for (const [key, name] of own.lastIndex === 0 || theirs.lastIndex === 0 ? fields : [...fields, ...more]) {
    if (own[key] === theirs[key]) continue;
    const remedy = REMEDIES[key] ?? '';
    return refuse('layout', `${theirs.id} has ${name} ${theirs[key]}, ${own.id} has ${own[key]}${remedy}`);
  }
  const sameEnd = own.lastIndex > 0 && own.lastIndex === theirs.lastIndex && own.lastTerm === theirs.lastTerm;
  if (!sameEnd || own.lastChainCrc === theirs.lastChainCrc) return undefined;
  const where = `entry ${own.lastIndex} of term ${own.lastTerm}`;
  const text = `${where} has chain CRC ${theirs.lastChainCrc} at ${theirs.id} and ${own.lastChainCrc} at ${own.id}: the logs differ`;
  return refuse('divergence', text);
}

function startFault({ theirs, seen }: HelloContext): Refusal | undefined {
  if (seen === undefined || theirs.incarnation > seen.incarnation) return undefined;
  const remedy = 'is its store a copy, rolled back, or in use by a second process?';
  if (theirs.incarnation < seen.incarnation) {
    const text = `${theirs.id} comes with start number ${theirs.incarnation}, but ${seen.incarnation} was seen already: ${remedy}`;
    return refuse('incarnation', text, seen.incarnation);
  }
  if (seen.nonce === '' || seen.nonce === theirs.nonce) return undefined;
  const text = `${theirs.id} comes twice with start number ${seen.incarnation}, as process ${theirs.nonce} and as ${seen.nonce}: ${remedy}`;
  return refuse('incarnation', text, seen.incarnation);
}

function refuse(kind: keyof typeof refusals, message: string, seenIncarnation = 0): Refusal {
  return { code: refusals[kind], message, seenIncarnation };
}
