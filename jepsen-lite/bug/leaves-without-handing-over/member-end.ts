export * from '../../../cluster/dledger/member-end.ts';

/** Whoever is left elects a leader when this one is gone. */
export async function handLeadershipOver(): Promise<void> {}
