import { changeConfig } from '../../../src/broker/config/change-config.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getControllerConfig } from '../../../src/protocol/command/get-controller-config.ts';
import { updateControllerConfig } from '../../../src/protocol/command/update-controller-config.ts';
import type { Processor } from '../controller-parts.ts';

/** GET_CONTROLLER_CONFIG and UPDATE_CONTROLLER_CONFIG: of this controller alone. */
export const controllerConfigProcessor: Processor = (dispatcher, { config, platform }) => {
  dispatcher.registerTyped(getControllerConfig, (context) => {
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [Buffer.from(config.format())]);
  });
  dispatcher.registerTyped(updateControllerConfig, (context) => {
    const { disk, logger } = platform;
    context.reply(...changeConfig({ config, disk, logger }, context.command.body));
  });
};
