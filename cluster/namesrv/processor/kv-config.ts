import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { deleteKvConfig } from '../../../src/protocol/command/delete-kv-config.ts';
import { getKvConfig } from '../../../src/protocol/command/get-kv-config.ts';
import { getKvList } from '../../../src/protocol/command/get-kv-list.ts';
import { putKvConfig } from '../../../src/protocol/command/put-kv-config.ts';
import type { Processor } from '../name-server-state.ts';

/** PUT_, GET_ and DELETE_KV_CONFIG, and GET_KVLIST_BY_NAMESPACE. */
export const kvConfigProcessor: Processor = (dispatcher, { kv }) => {
  dispatcher.registerTyped(putKvConfig, (context, { namespace, key, value }) => {
    kv.put(namespace, key, value);
    context.reply(ResponseCode.SUCCESS);
  });
  dispatcher.registerTyped(getKvConfig, (context, { namespace, key }) => {
    const value = kv.get(namespace, key);
    if (value === undefined) {
      context.reply(ResponseCode.QUERY_NOT_FOUND, `No config item, Namespace: ${namespace} Key: ${key}`);
    } else {
      context.respond(getKvConfig, ResponseCode.SUCCESS, { value });
    }
  });
  dispatcher.registerTyped(deleteKvConfig, (context, { namespace, key }) => {
    kv.remove(namespace, key);
    context.reply(ResponseCode.SUCCESS);
  });
  dispatcher.registerTyped(getKvList, (context, { namespace }) => {
    const table = kv.list(namespace);
    if (table === undefined) context.reply(ResponseCode.QUERY_NOT_FOUND, `No config item, Namespace: ${namespace}`);
    else context.reply(ResponseCode.SUCCESS, undefined, undefined, [kvTable.encode({ table })]);
  });
};
