import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads the settings of a name server. The answer's body is Java properties text. */
export const getNamesrvConfig = defineCommand({
  code: RequestCode.GET_NAMESRV_CONFIG,
  name: 'GET_NAMESRV_CONFIG',
});
