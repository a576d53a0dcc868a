/** Keys that say where a member is and which one it is. */
const PLACE =
  /^(?:storePath.*|.*(?:Port|Path|Dir|Address|Addr|Peers|Home)|broker(?:IP1|IP2|Id|Name)|dLegerGroup|dLegerSelfId)$/;

/** Keys that say what sort of group its members are; plans say it with `target.mode`. */
const SORT = ['enableDLegerCommitLog', 'enableControllerMode', 'fetchControllerAddrByDnsLookup', 'brokerRole'];

export function isPlaceKey(key: string): boolean {
  return PLACE.test(key);
}

/** Whether a drill gives its brokers this key itself: with another value it would lose sight of them, or of each from the others. */
export function isOwnedKey(key: string): boolean {
  return isPlaceKey(key) || SORT.includes(key);
}
