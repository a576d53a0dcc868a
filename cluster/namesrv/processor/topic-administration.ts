import { ResponseCode } from '../../../src/protocol/codes.ts';
import { addWritePermission } from '../../../src/protocol/command/add-write-permission.ts';
import { deleteTopicInNamesrv } from '../../../src/protocol/command/delete-topic-in-namesrv.ts';
import { wipeWritePermission } from '../../../src/protocol/command/wipe-write-permission.ts';
import type { Processor } from '../name-server-state.ts';

/** DELETE_TOPIC_IN_NAMESRV, WIPE_WRITE_PERM_OF_BROKER and ADD_WRITE_PERM_OF_BROKER. */
export const topicAdministrationProcessor: Processor = (dispatcher, { table, logger }) => {
  dispatcher.registerTyped(deleteTopicInNamesrv, (context, { topic, clusterName }) => {
    table.deleteTopic(topic, clusterName === '' ? undefined : clusterName);
    logger.info('a topic was deleted', { topic, cluster: clusterName, by: context.connection.remoteAddress });
    context.reply(ResponseCode.SUCCESS);
  });
  dispatcher.registerTyped(wipeWritePermission, (context, { brokerName }) => {
    const wipeTopicCount = table.wipeWritePermission(brokerName);
    logger.info('the write permission was wiped', { brokerName, topics: wipeTopicCount });
    context.respond(wipeWritePermission, ResponseCode.SUCCESS, { wipeTopicCount });
  });
  dispatcher.registerTyped(addWritePermission, (context, { brokerName }) => {
    const addTopicCount = table.addWritePermission(brokerName);
    logger.info('the write permission was given back', { brokerName, topics: addTopicCount });
    context.respond(addWritePermission, ResponseCode.SUCCESS, { addTopicCount });
  });
};
