import { kvTable } from '../../protocol/body/kv-table.ts';
import { Version, versionName } from '../../protocol/codes.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { SCHEDULE_TOPIC } from '../../store/internal-topic.ts';
import type { BrokerParts } from '../parts.ts';
import type { StoreRates } from '../stats/store-rates.ts';

/** Figures of stock brokers that have no counterpart here, with values that their readers can parse (AdminBrokerProcessor.prepareRuntimeInfo). */
const CONSTANTS: Readonly<Record<string, string>> = {
  startAcceptSendRequestTimeStamp: '0',
  EndTransactionQueueSize: '0',
  EndTransactionThreadPoolQueueCapacity: '100000',
  pageCacheLockTimeMills: '0',
  remainTransientStoreBufferNumbs: '2147483647',
  dispatchMaxBuffer: '0',
  getMessageEntireTimeMax: '0',
  putMessageEntireTimeMax: '0',
  putLatency99: '0.00',
  putLatency999: '0.00',
  putMessageDistributeTime:
    '[<=0ms]:0 [0~10ms]:0 [10~50ms]:0 [50~100ms]:0 [100~200ms]:0 [200~500ms]:0 [500ms~1s]:0 [1~2s]:0 [2~3s]:0 [3~4s]:0 [4~5s]:0 [5~10s]:0 [10s~]:0 ',
  timerReadBehind: '0',
  timerOffsetBehind: '0',
  timerCongestNum: '0',
  timerEnqueueTps: '0.0',
  timerDequeueTps: '0.0',
};

const POOLS = { send: 10_000, pull: 100_000, litePull: 100_000, query: 20_000, ack: 100_000 } as const;

/** The table behind clusterList, brokerStatus and the exporter. */
export function getRuntimeInfoProcessor(parts: BrokerParts, rates: StoreRates, startedAtMs: number): RequestHandler {
  return (context) => {
    parts.store.earliestTime((earliest) => {
      const table = new Map(Object.entries({ ...CONSTANTS, ...pools(), ...runtimeInfo(parts, rates, startedAtMs) }));
      table.set('earliestMessageTimeStamp', String(earliest ?? -1));
      for (const [key, value] of scheduleOffsets(parts)) table.set(key, value);
      context.reply(ResponseCode.SUCCESS, undefined, undefined, [kvTable.encode({ table })]);
    });
  };
}

function pools(): Record<string, string> {
  const table: Record<string, string> = {};
  for (const [name, capacity] of Object.entries(POOLS)) {
    table[`${name}ThreadPoolQueueSize`] = '0';
    table[`${name}ThreadPoolQueueCapacity`] = String(capacity);
    table[`${name}ThreadPoolQueueHeadWaitTimeMills`] = '0';
  }
  return table;
}

function runtimeInfo(parts: BrokerParts, rates: StoreRates, startedAtMs: number): Record<string, string> {
  const { store, platform, config, mastership } = parts;
  const { counters } = store;
  const space = platform.disk.space(config.storePathRootDir);
  const ratio = ((space.totalBytes - space.freeBytes) / Math.max(1, space.totalBytes)).toFixed(2);
  const transferred = rates.text('transferred');
  return {
    brokerVersion: String(Version.CURRENT),
    brokerVersionDesc: versionName(Version.CURRENT),
    brokerActive: String(mastership.serving),
    bootTimestamp: String(startedAtMs),
    runtime: runtimeText(platform.clock.nowMs() - startedAtMs),
    msgPutTotalYesterdayMorning: String(rates.puts.yesterdayMorning),
    msgPutTotalTodayMorning: String(rates.puts.todayMorning),
    msgPutTotalTodayNow: String(counters.putMessages),
    msgGetTotalYesterdayMorning: String(rates.gets.yesterdayMorning),
    msgGetTotalTodayMorning: String(rates.gets.todayMorning),
    msgGetTotalTodayNow: String(counters.getMessages),
    putMessageTimesTotal: String(counters.putMessages),
    putMessageFailedTimes: String(counters.putRefused + counters.putUnknown),
    putMessageSizeTotal: String(counters.putBytes),
    putMessageAverageSize: String(counters.putBytes / Math.max(1, counters.putMessages)),
    dispatchBehindBytes: String(store.confirmedPosition - store.dispatchedPosition),
    commitLogMinOffset: String(store.minPosition),
    commitLogMaxOffset: String(store.confirmedPosition),
    remainHowManyDataToFlush: binaryUnits(store.endPosition - store.syncedPosition),
    commitLogDiskRatio: ratio,
    [`commitLogDiskRatio_${config.storePathCommitLog}`]: ratio,
    consumeQueueDiskRatio: ratio,
    commitLogDirCapacity: `Total : ${binaryUnits(space.totalBytes)}, Free : ${binaryUnits(space.freeBytes)}.`,
    putTps: rates.text('put'),
    getFoundTps: rates.text('found'),
    getMissTps: rates.text('missed'),
    getTotalTps: rates.text('total'),
    // 4.9 tools read the name with one r less.
    getTransferredTps: transferred,
    getTransferedTps: transferred,
  };
}

function scheduleOffsets({ state, store, delayLevelsMs }: BrokerParts): [string, string][] {
  const rows: [string, string][] = [];
  for (let level = 1; level < delayLevelsMs.length; level++) {
    const max = store.maxOffset(SCHEDULE_TOPIC, level - 1);
    if (max > 0) rows.push([`scheduleMessageOffset_${level}`, `${state.delays.nextOffset(level)},${max}`]);
  }
  return rows;
}

function runtimeText(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  return `[ ${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds ]`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `98.2 GiB`, `12 B`: readers split it at the blank. */
function binaryUnits(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
