import { type EpochAgreementOptions, EpochAgreement as Real } from '../../../cluster/ha/epoch-agreement.ts';
import type { HaLog } from '../../../cluster/ha/ha-log.ts';

export { cutPath, unfinishedCut } from '../../../cluster/ha/epoch-agreement.ts';

/** Does not wait for the end of a cut. */
export class EpochAgreement extends Real {
  constructor(options: EpochAgreementOptions) {
    const { log } = options;
    const impatient: Pick<HaLog, 'minPosition' | 'endPosition' | 'confirmedPosition' | 'cut'> = {
      get minPosition() {
        return log.minPosition;
      },
      get endPosition() {
        return log.endPosition;
      },
      get confirmedPosition() {
        return log.confirmedPosition;
      },
      cut(position, done) {
        log.cut(position, () => {});
        done(undefined);
      },
    };
    super({ ...options, log: impatient as HaLog });
  }
}
