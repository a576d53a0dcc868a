/** One kind of cluster that is measured, as a line of the tables. */
export interface Variant {
  readonly name: string;
  /** Shipped files that it starts from, as the launcher names them. */
  readonly layout: string;
  readonly keys: Readonly<Record<string, string>>;
  /** What people must know beside its figures. */
  readonly remark?: string;
}

/** What `--mode` names. */
export const modes: Readonly<Record<string, readonly Variant[]>> = {
  dledger: [{ name: 'dledger', layout: 'dledger', keys: {} }],
  controller: [
    { name: 'controller', layout: 'controller', keys: { allAckInSyncStateSet: 'true' } },
    {
      name: 'controller*',
      layout: 'controller',
      keys: { allAckInSyncStateSet: 'false', inSyncReplicas: '2' },
      remark:
        '* allAckInSyncStateSet=false, inSyncReplicas=2: SEND_OK when 2 of 3 have a message, without the claim that nothing acknowledged is lost',
    },
  ],
  master: [
    {
      name: 'master',
      layout: 'master',
      keys: {},
      remark: 'master: one broker, whose messages die with its disk; the floor has two followers',
    },
  ],
  'sync-master': [{ name: 'sync-master', layout: 'sync-master', keys: {} }],
};
