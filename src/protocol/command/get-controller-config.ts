import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks for all keys of a controller; the body of the answer is a properties text. */
export const getControllerConfig = defineCommand({
  code: RequestCode.GET_CONTROLLER_CONFIG,
  name: 'GET_CONTROLLER_CONFIG',
});
