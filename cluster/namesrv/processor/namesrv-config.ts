import { changeConfig } from '../../../src/broker/config/change-config.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getNamesrvConfig } from '../../../src/protocol/command/get-namesrv-config.ts';
import { updateNamesrvConfig } from '../../../src/protocol/command/update-namesrv-config.ts';
import type { Processor } from '../name-server-state.ts';

/** GET_NAMESRV_CONFIG and UPDATE_NAMESRV_CONFIG. */
export const namesrvConfigProcessor: Processor = (dispatcher, state) => {
  dispatcher.registerTyped(getNamesrvConfig, (context) => {
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [Buffer.from(state.config.format())]);
  });
  dispatcher.registerTyped(updateNamesrvConfig, (context) => {
    context.reply(...changeConfig(state, context.command.body));
  });
};
