import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import {
  decodeCompressedRegistration,
  type RegisterBrokerBody,
  registerBrokerBody,
  registrationCrcMatches,
} from '../../../src/protocol/body/register-broker-body.ts';
import { topicConfigTable } from '../../../src/protocol/body/topic-config.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { ResponseCode, Version } from '../../../src/protocol/codes.ts';
import { type RegisterBrokerRequest, registerBroker } from '../../../src/protocol/command/register-broker.ts';
import type { RequestContext } from '../../../src/remoting/request-context.ts';
import { ORDER_TOPIC_CONFIG } from '../kv-config.ts';
import type { NameServerState, Processor } from '../name-server-state.ts';
import type { Registration } from '../route-table.ts';

/** Silence after which a broker is forgotten unless it asks for another time (BROKER_CHANNEL_EXPIRED_TIME). */
const DEFAULT_TIMEOUT_MS = 120_000;

/** REGISTER_BROKER: a broker tells its place in the cluster and all its topics, every 30 s and after each change. */
export const registerBrokerProcessor: Processor = (dispatcher, state) => {
  dispatcher.registerTyped(registerBroker, (context, request) => {
    const body = readBody(context, request);
    if (typeof body === 'string') {
      context.reply(ResponseCode.SYSTEM_ERROR, body);
      return;
    }
    register(context, request, body, state);
  });
};

function register(
  context: RequestContext,
  request: RegisterBrokerRequest,
  body: RegisterBrokerBody,
  { table, kv, config, clock, logger }: NameServerState,
): void {
  const broker = { brokerName: request.brokerName, brokerId: request.brokerId, address: request.brokerAddr };
  const registration = toRegistration(
    request,
    body,
    context.connection.id,
    config.values.deleteTopicWithBrokerRegistration,
  );
  const result = table.register(registration, clock.monotonicMs());
  if (result.kind === 'incomplete') {
    logger.warn('refused a broker whose first registration brings one topic only', broker);
    context.reply(ResponseCode.SYSTEM_ERROR, 'register broker failed: the first registration must bring all topics');
    return;
  }
  const orderConf = config.values.returnOrderTopicConfigToBroker ? kv.list(ORDER_TOPIC_CONFIG) : undefined;
  const answerBody = orderConf === undefined ? undefined : [kvTable.encode({ table: orderConf })];
  if (result.kind === 'stale') {
    logger.warn('ignored a broker whose place another one holds with a newer state', {
      ...broker,
      holder: result.knownAddress,
    });
    context.respond(registerBroker, ResponseCode.SUCCESS, {}, undefined, answerBody);
    return;
  }
  if (result.isNew)
    logger.info('a broker registered', { ...broker, stateVersion: registration.dataVersion.stateVersion });
  const header = { masterAddr: result.masterAddress, haServerAddr: result.haServerAddress };
  context.respond(registerBroker, ResponseCode.SUCCESS, header, undefined, answerBody);
}

/** The body, or what is wrong with it. */
function readBody(context: RequestContext, request: RegisterBrokerRequest): RegisterBrokerBody | string {
  const { body, version } = context.command;
  if (!registrationCrcMatches(body, request.bodyCrc32))
    return `crc32 not match: the body is not the one of bodyCrc32=${request.bodyCrc32}`;
  if (version < Version.V3_0_11) {
    const wrapper = topicConfigTable.decode(body);
    return wrapper instanceof BodyError
      ? wrapper.message
      : { topicConfigSerializeWrapper: wrapper, filterServerList: [] };
  }
  const decoded = request.compressed ? decodeCompressedRegistration(body) : registerBrokerBody.decode(body);
  return decoded instanceof BodyError ? decoded.message : decoded;
}

function toRegistration(
  request: RegisterBrokerRequest,
  body: RegisterBrokerBody,
  connectionId: number,
  deleteMissingTopics: boolean,
): Registration {
  const { topicConfigTable: topics, dataVersion } = body.topicConfigSerializeWrapper;
  return {
    cluster: request.clusterName,
    brokerName: request.brokerName,
    brokerId: request.brokerId,
    address: request.brokerAddr,
    haServerAddress: request.haServerAddr,
    timeoutMs: request.heartbeatTimeoutMillis ?? DEFAULT_TIMEOUT_MS,
    enableActingMaster: request.enableActingMaster,
    topics: [...topics.values()],
    dataVersion,
    connectionId,
    deleteMissingTopics,
  };
}
