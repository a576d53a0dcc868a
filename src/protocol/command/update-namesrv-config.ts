import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Changes settings of a name server. The body is Java properties text. */
export const updateNamesrvConfig = defineCommand({
  code: RequestCode.UPDATE_NAMESRV_CONFIG,
  name: 'UPDATE_NAMESRV_CONFIG',
});
