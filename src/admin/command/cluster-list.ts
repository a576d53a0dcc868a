import type { AdminCommand, Output } from '../admin-command.ts';
import type { AdminSession } from '../admin-session.ts';
import { fixed, formatLine, left, right } from '../format/columns.ts';
import { intervalOption, repeat } from '../repeat.ts';

/** A broker of the list; `table` is its runtime information, undefined if it did not answer. */
export interface ListedBroker {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
  readonly table: ReadonlyMap<string, string> | undefined;
}

const BASE_GAPS = ['  ', '  ', '  ', ' '];
const BASE_HEAD = [left(22), left(22), left(4), left(22), left(16), right(16), right(30), left(22), left(11), left(12)];
const BASE_ROW = [left(22), left(22), left(4), left(22), left(16), right(16), right(30), left(22), right(11), left(12)];
const MORE = [left(16), left(32), right(14), right(14), right(14), right(14)];
const MORE_GAPS = ['  ', ' ', ' ', ' ', ' '];
const MS_PER_HOUR = 3_600_000;

export const clusterList: AdminCommand = {
  name: 'clusterList',
  description: 'List cluster infos.',
  options: [
    { short: 'm', long: 'moreStats', description: 'Print more stats', hasValue: false },
    intervalOption,
    { short: 'c', long: 'clusterName', description: 'which cluster' },
  ],
  async run(args, admin, output) {
    await repeat(args, async () => {
      const brokers = await listBrokers(admin, args.find('clusterName'), output);
      output.print(args.has('moreStats') ? formatTotals(brokers) : formatRates(brokers, admin.platform.clock.nowMs()));
    });
  },
};

async function listBrokers(admin: AdminSession, only: string | undefined, output: Output): Promise<ListedBroker[]> {
  const info = await admin.clusterInfo();
  const clusters = only === undefined ? [...info.clusterAddrTable.keys()] : [only];
  const groups = await Promise.all(
    clusters.map(async (cluster) => (await admin.brokerGroups(cluster, info)).map((group) => ({ cluster, ...group }))),
  );
  const asked = groups.flat().flatMap(({ cluster, name: brokerName, members }) => {
    const inOrder = [...members].sort(([a], [b]) => a - b);
    return inOrder.map(async ([brokerId, address]) => {
      const table = await runtimeTable(admin, address, output);
      return { cluster, brokerName, brokerId, address, table };
    });
  });
  return Promise.all(asked);
}

async function runtimeTable(
  admin: AdminSession,
  address: string,
  output: Output,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return (await admin.runtimeInfo(address)).table;
  } catch (error) {
    output.complain(`Broker ${address} could not be asked: ${(error as Error).message}.`);
    return undefined;
  }
}

/** What clusterList prints without -m. */
export function formatRates(brokers: readonly ListedBroker[], nowMs: number): string {
  const names = ['#Cluster Name', '#Broker Name', '#BID', '#Addr', '#Version', '#InTPS(LOAD)', '#OutTPS(LOAD)'];
  const rest = ['#Timer(Progress)', '#PCWait(ms)', '#Hour', '#SPACE', '#ACTIVATED'];
  const head = formatLine([...BASE_HEAD, left(8), left(10)], [...names, ...rest], BASE_GAPS);
  const rows = brokers.map((broker) =>
    formatLine([...BASE_ROW, left(8), right(10)], rateCells(broker, nowMs), BASE_GAPS),
  );
  return head + rows.join('');
}

function rateCells(
  { cluster, brokerName, brokerId, address, table }: ListedBroker,
  nowMs: number,
): (string | number)[] {
  const text = (key: string, fallback = table === undefined ? '' : 'null'): string => table?.get(key) ?? fallback;
  const number = (key: string): number => Number(table?.get(key) ?? 0) || 0;
  const load = (pool: string, fallback?: string): string =>
    `${text(`${pool}ThreadPoolQueueSize`, fallback)},${text(`${pool}ThreadPoolQueueHeadWaitTimeMills`, fallback)}ms`;
  const earliest = table?.get('earliestMessageTimeStamp');
  const hours = earliest === undefined ? 0 : (nowMs - Number(earliest)) / MS_PER_HOUR;
  const progress = `${number('timerReadBehind')}-${number('timerOffsetBehind')}`;
  const timerRates = [number('timerEnqueueTps'), number('timerDequeueTps')].map((rate) => fixed(rate, 1)).join(', ');
  return [
    cluster,
    brokerName,
    brokerId,
    address,
    text('brokerVersionDesc'),
    `${fixed(firstRate(table?.get('putTps')), 2, 9)}(${load('send')})`,
    `${fixed(firstRate(table?.get('getTransferredTps')), 2, 9)}(${load('pull')}|${load('ack', table && 'N')})`,
    `${progress}(${fixed(number('timerCongestNum') / 10_000, 1)}w, ${timerRates})`,
    text('pageCacheLockTimeMills'),
    fixed(hours, 2),
    fixed(number('commitLogDiskRatio'), 4),
    String(table?.get('brokerActive') === 'true'),
  ];
}

/** The first of three rates separated by blanks. */
function firstRate(rates: string | undefined): number {
  return Number(rates?.trim().split(/\s+/)[0] ?? 0) || 0;
}

/** What clusterList -m prints. */
export function formatTotals(brokers: readonly ListedBroker[]): string {
  const names = ['#Cluster Name', '#Broker Name', '#InTotalYest', '#OutTotalYest', '#InTotalToday', '#OutTotalToday'];
  const rows = brokers.map(({ cluster, brokerName, table }) => {
    const number = (key: string): number => Number(table?.get(key) ?? 0) || 0;
    const totals = [
      number('msgPutTotalTodayMorning') - number('msgPutTotalYesterdayMorning'),
      number('msgGetTotalTodayMorning') - number('msgGetTotalYesterdayMorning'),
      number('msgPutTotalTodayNow') - number('msgPutTotalTodayMorning'),
      number('msgGetTotalTodayNow') - number('msgGetTotalTodayMorning'),
    ];
    return formatLine(MORE, [cluster, brokerName, ...totals], MORE_GAPS);
  });
  return formatLine(MORE, names, MORE_GAPS) + rows.join('');
}
