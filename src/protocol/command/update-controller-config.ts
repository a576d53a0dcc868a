import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Changes keys of a controller; the body is a properties text. */
export const updateControllerConfig = defineCommand({
  code: RequestCode.UPDATE_CONTROLLER_CONFIG,
  name: 'UPDATE_CONTROLLER_CONFIG',
});
