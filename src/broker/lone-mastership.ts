import type { Mastership } from './mastership.ts';

/** A broker that has nobody to share its group with: always the master. */
export const loneMastership: Mastership = {
  brokerId: 0,
  serving: true,
  standsIn: false,
  epoch: 0,
  forward: () => false,
  confirm: (done) => done(true),
  onChange: () => {},
};
