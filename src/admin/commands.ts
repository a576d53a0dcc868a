import type { AdminCommand } from './admin-command.ts';
import { brokerStatus } from './command/broker-status.ts';
import { cleanBrokerMetadata } from './command/clean-broker-metadata.ts';
import { clusterList } from './command/cluster-list.ts';
import { consumerConnection } from './command/consumer-connection.ts';
import { consumerProgress } from './command/consumer-progress.ts';
import { deleteSubGroup } from './command/delete-sub-group.ts';
import { deleteTopic } from './command/delete-topic.ts';
import { electMaster } from './command/elect-master.ts';
import { exportStore } from './command/export-store.ts';
import { getBrokerConfig } from './command/get-broker-config.ts';
import { getBrokerEpoch } from './command/get-broker-epoch.ts';
import { getControllerConfig } from './command/get-controller-config.ts';
import { getControllerMetaData } from './command/get-controller-metadata.ts';
import { getSyncStateSet } from './command/get-sync-state-set.ts';
import { haStatus } from './command/ha-status.ts';
import { importStore } from './command/import-store.ts';
import { addMember, giveUpMember, promoteMember, removeMember, replaceMember } from './command/member-commands.ts';
import { producerConnection } from './command/producer-connection.ts';
import { queryMsgById } from './command/query-msg-by-id.ts';
import { queryMsgByKey } from './command/query-msg-by-key.ts';
import { queryMsgByUniqueKey } from './command/query-msg-by-unique-key.ts';
import { raftGroup } from './command/raft-group.ts';
import { topicClusterList } from './command/topic-cluster-list.ts';
import { topicList } from './command/topic-list.ts';
import { topicRoute } from './command/topic-route.ts';
import { topicStatus } from './command/topic-status.ts';
import { transferLeadership } from './command/transfer-leadership.ts';
import { updateControllerConfig } from './command/update-controller-config.ts';
import { updateSubGroup } from './command/update-sub-group.ts';
import { updateTopic } from './command/update-topic.ts';

/** Every command of mqadmin, in the order of its list. */
export const commands: readonly AdminCommand[] = [
  updateTopic,
  deleteTopic,
  updateSubGroup,
  deleteSubGroup,
  topicRoute,
  topicStatus,
  topicClusterList,
  brokerStatus,
  queryMsgById,
  queryMsgByKey,
  queryMsgByUniqueKey,
  producerConnection,
  consumerConnection,
  consumerProgress,
  clusterList,
  topicList,
  getBrokerConfig,
  haStatus,
  getSyncStateSet,
  getBrokerEpoch,
  getControllerMetaData,
  getControllerConfig,
  updateControllerConfig,
  electMaster,
  cleanBrokerMetadata,
  raftGroup,
  transferLeadership,
  addMember,
  promoteMember,
  removeMember,
  replaceMember,
  giveUpMember,
  exportStore,
  importStore,
];
