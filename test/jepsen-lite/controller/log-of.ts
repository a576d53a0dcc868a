import { LogFiles } from '../../../jepsen-lite/controller/log-files.ts';
import { bodyOf } from '../../../jepsen-lite/invariant/message-body.ts';
import { SimFile } from '../../../jepsen-lite/sim/sim-file.ts';
import { SimHost } from '../../../jepsen-lite/sim/sim-host.ts';
import { encodeRecord, recordSize } from '../../../src/protocol/message/record.ts';

/** Length of the log's files. */
export const FILE_BYTES = 4_096;

/** A record of the queue T/0. */
export function recordOf(position: number, value: string, queueOffset = 0): Buffer {
  const fields = {
    topic: Buffer.from('T'),
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: Buffer.alloc(8),
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: Buffer.alloc(0),
    body: bodyOf(value, 20),
    position,
    queueOffset,
    storeTimestamp: 1,
    storeHost: Buffer.alloc(8),
  };
  const bytes = Buffer.alloc(recordSize(fields));
  encodeRecord(bytes, 0, fields);
  return bytes;
}

/** A machine whose log holds these bytes, fsynced up to a place. */
export function filesOf(bytes: Buffer, synced = bytes.length): LogFiles {
  const host = new SimHost('m', '10.0.0.1', 1);
  const file = new SimFile();
  file.write(bytes.subarray(0, synced), 0);
  file.beginSync()(true);
  file.write(bytes.subarray(synced), synced);
  host.image.link(`/store/commitlog/${'0'.repeat(20)}`, file);
  return new LogFiles(host, FILE_BYTES);
}
