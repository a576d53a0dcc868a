import { HardStateFile as Real } from '../../../cluster/raft-storage/hard-state.ts';

export * from '../../../cluster/raft-storage/hard-state.ts';

export type HardStateFile = Real;

/** It leaves the vote out of what is saved. */
export const HardStateFile = {
  begin(...args: Parameters<typeof Real.begin>): Real {
    const file = Real.begin(...args);
    const save = file.save.bind(file);
    file.save = (state, done) => save({ ...state, vote: '' }, done);
    return file;
  },
};
