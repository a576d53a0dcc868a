import { RequestCode } from '../request-code.ts';
import { defineCommand, type ResponseOf } from '../schema.ts';

/** Asks any controller who leads. `peers` is `id:host:port;` for each. */
export const getControllerMetadata = defineCommand({
  code: RequestCode.CONTROLLER_GET_METADATA_INFO,
  name: 'CONTROLLER_GET_METADATA_INFO',
  response: {
    group: 'string?',
    controllerLeaderId: 'string?',
    controllerLeaderAddress: 'string?',
    isLeader: ['boolean', false],
    peers: 'string?',
  },
});

export type GetControllerMetadataResponse = ResponseOf<typeof getControllerMetadata>;
