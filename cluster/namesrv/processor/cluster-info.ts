import { brokerMemberGroup } from '../../../src/protocol/body/broker-member-group.ts';
import { clusterInfo } from '../../../src/protocol/body/cluster-info.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getBrokerMemberGroup } from '../../../src/protocol/command/get-broker-member-group.ts';
import { getClusterInfo } from '../../../src/protocol/command/get-cluster-info.ts';
import type { Processor } from '../name-server-state.ts';
import { toBrokerData } from './get-route-info.ts';

/** GET_BROKER_CLUSTER_INFO and GET_BROKER_MEMBER_GROUP: who is there. */
export const clusterInfoProcessor: Processor = (dispatcher, { table }) => {
  dispatcher.registerTyped(getClusterInfo, (context) => {
    const body = clusterInfo.encode({
      brokerAddrTable: new Map(table.groups().map((group) => [group.brokerName, toBrokerData(group)])),
      clusterAddrTable: new Map([...table.clusters()].map(([cluster, names]) => [cluster, [...names]])),
    });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
  dispatcher.registerTyped(getBrokerMemberGroup, (context, { clusterName, brokerName }) => {
    const group = table.group(brokerName);
    const brokerAddrs = group?.cluster === clusterName ? toBrokerData(group).brokerAddrs : new Map<number, string>();
    const body = brokerMemberGroup.encode({ brokerMemberGroup: { cluster: clusterName, brokerName, brokerAddrs } });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
};
