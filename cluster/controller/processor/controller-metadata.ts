import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getControllerMetadata } from '../../../src/protocol/command/get-controller-metadata.ts';
import type { Processor } from '../controller-parts.ts';

/** CONTROLLER_GET_METADATA_INFO: every controller answers. */
export const controllerMetadataProcessor: Processor = (dispatcher, { metadata }) => {
  dispatcher.registerTyped(getControllerMetadata, (context) => {
    const { group, leaderId, leaderAddress, isLeader, peers } = metadata();
    context.respond(getControllerMetadata, ResponseCode.SUCCESS, {
      group,
      controllerLeaderId: leaderId,
      controllerLeaderAddress: leaderAddress,
      isLeader,
      peers: peers.map(({ id, address }) => `${id}:${address};`).join(''),
    });
  });
};
