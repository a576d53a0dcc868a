import { type DataVersion, dataVersion } from '../../../src/protocol/body/data-version.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { queryDataVersion } from '../../../src/protocol/command/query-data-version.ts';
import { defineBody } from '../../../src/protocol/define-body.ts';
import type { Processor } from '../name-server-state.ts';
import { sameVersion } from '../route-table.ts';

const versionBody = defineBody<DataVersion>('DataVersion', dataVersion);

/** QUERY_DATA_VERSION: a broker asks whether it has to register again; counts as a sign of life. */
export const queryDataVersionProcessor: Processor = (dispatcher, { table, clock }) => {
  dispatcher.registerTyped(queryDataVersion, (context, { clusterName, brokerAddr }) => {
    const asked = versionBody.decode(context.command.body);
    if (asked instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, asked.message);
      return;
    }
    const known = table.dataVersion(clusterName, brokerAddr);
    const changed = known === undefined || !sameVersion(known, asked);
    if (!changed) table.touch(clusterName, brokerAddr, clock.monotonicMs());
    const body = known === undefined ? undefined : [versionBody.encode(known)];
    context.respond(queryDataVersion, ResponseCode.SUCCESS, { changed }, undefined, body);
  });
};
