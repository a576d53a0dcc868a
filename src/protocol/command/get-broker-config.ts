import { RequestCode } from '../request-code.ts';
import { defineCommand, type ResponseOf } from '../schema.ts';

/** Reads the settings. The answer's body is Java properties text, `version` the JSON of their DataVersion. */
export const getBrokerConfig = defineCommand({
  code: RequestCode.GET_BROKER_CONFIG,
  name: 'GET_BROKER_CONFIG',
  response: {
    version: 'string?',
  },
});

export type GetBrokerConfigResponse = ResponseOf<typeof getBrokerConfig>;
