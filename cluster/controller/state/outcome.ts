import type { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { BrokerSet, ControllerState } from './broker-set.ts';

/** What became of a command. */
export interface Outcome {
  /** The very same object if nothing changed. */
  readonly state: ControllerState;
  readonly code: ResponseCode;
  /** Why not, or what is not as it should be, in one sentence. */
  readonly remark: string | undefined;
  /** The broker set that the command is about, as it is now. */
  readonly set: BrokerSet | undefined;
}

/** Nothing changes. */
export function refused(state: ControllerState, code: ResponseCode, remark: string, set?: BrokerSet): Outcome {
  return { state, code, remark, set };
}
