import type { Ended } from './child.ts';
import type { Group } from './group.ts';
import { tail } from './tap.ts';

/** What the commands run on: a group in which the check programs of the same run have left their topics. */
export type AdminContext = {
  readonly version: string;
  readonly run: string;
  readonly group: Group;
  /** The servers are RocketMQ's own 5.3.3. */
  readonly stock: boolean;
  /** A consumer group with one member online, on the quickstart's topic. */
  readonly onlineGroup: string;
  command(args: readonly string[]): Promise<Ended>;
};

type AdminCheck = { readonly name: string; run(context: AdminContext): Promise<string[]> };

const is5 = (context: AdminContext) => context.version.startsWith('5.');
const quickstartTopic = ({ run }: AdminContext) => `quickstart-${run}json-TopicTest`;
const queriesTopic = ({ run }: AdminContext) => `queries-${run}json-topic`;
const restartTopic = ({ run }: AdminContext) => `consumer-restart-${run}json-topic`;
const restartGroup = ({ run }: AdminContext) => `consumer-restart-${run}json-consumer`;
const ownTopic = ({ run }: AdminContext) => `admin-${run}`;

/** The lines of a command, without what logback says about itself. */
function linesOf(ended: Ended): string[] {
  return ended.output.split('\n').filter((line) => line !== '' && !/^\d\d:\d\d:\d\d,\d{3} \|-/.test(line));
}

/** Runs a command that must end with 0 and print no exception, and judges its lines. */
function command(
  name: string,
  args: (context: AdminContext) => readonly string[],
  judge: (lines: string[], context: AdminContext) => string[],
): AdminCheck {
  return {
    name,
    async run(context) {
      const ended = await context.command(args(context));
      const lines = linesOf(ended);
      const complaints = judge(lines, context);
      if (ended.code !== 0) complaints.unshift(`ended with code ${ended.code}`);
      const mayThrow = context.stock && name === 'clusterList';
      if (!mayThrow && /Exception/.test(lines.join('\n')) && !/exceptionDesc/.test(lines.join('\n')))
        complaints.unshift('printed an exception');
      return complaints.length === 0
        ? []
        : [...complaints, `$ mqadmin ${args(context).join(' ')}`, tail(lines.join('\n'), 25)];
    },
  };
}

/** A complaint for each pattern that no line matches. */
function missing(lines: readonly string[], ...patterns: readonly RegExp[]): string[] {
  return patterns
    .filter((pattern) => !lines.some((line) => pattern.test(line)))
    .map((pattern) => `no line like ${pattern}`);
}

function matches(lines: readonly string[], pattern: RegExp): RegExpExecArray[] {
  return lines.map((line) => pattern.exec(line)).filter((match) => match !== null);
}

const sum = (rows: readonly RegExpExecArray[], column: number) =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

const differs = (what: string, expected: unknown, seen: unknown) =>
  expected === seen ? [] : [`${what}: expected ${expected}, saw ${seen}`];

/** Any of the masters' names, for a pattern. */
const anyName = ({ group }: AdminContext) => `(?:${group.brokerNames.map(literal).join('|')})`;

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\%]/g, '\\$&');

const date = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

function clusterList(lines: string[], context: AdminContext): string[] {
  const load = String.raw`\d+\.\d\d\(\d+,\d+ms(?:\|\d+,\d+ms)?\)`;
  const end = is5(context)
    ? String.raw`\d+-\d+\(.*\)\s+\d+\s+-?[\d.]+\s+[\d.]+\s+(?:true|false)`
    : String.raw`\d+\s+-?[\d.]+\s+[\d.]+`;
  const row = new RegExp(String.raw`^(\S+)\s+(\S+)\s+(\d+)\s+(\S+:\d+)\s+(V\d_\d_\d)\s+${load}\s+${load}\s+${end}\s*$`);
  const rows = matches(lines, row);
  const { brokerAddresses, brokerNames, clusterName } = context.group;
  // RocketMQ's 5.x servers no longer give the figure that 4.9's command reads; ours give both.
  if (context.stock && !is5(context)) return missing(lines, /NullPointerException.*"getTransferedTps" is null/);
  return [
    ...missing(lines, /^#Cluster Name\s+#Broker Name\s+#BID\s+#Addr\s+#Version\s+#InTPS\(LOAD\)\s+#OutTPS\(LOAD\)/),
    ...differs(
      'addresses',
      [...brokerAddresses].sort().join(),
      rows
        .map((each) => each[4])
        .sort()
        .join(),
    ),
    ...brokerNames.flatMap((name) =>
      idProblems(
        name,
        rows.filter((each) => each[2] === name),
        brokerAddresses.length / brokerNames.length,
      ),
    ),
    // What only a master does is switched on there alone.
    ...(is5(context)
      ? rows.flatMap((each) => differs(`activated of ${each[4]}`, each[3] === '0', /true\s*$/.test(each[0])))
      : []),
    ...rows.flatMap((each) => differs('cluster', clusterName, each[1])),
  ];
}

/** Brokers of one name have different ids, of which one is 0; the others' may be what a group or a controller gave them. */
function idProblems(name: string, rows: readonly RegExpExecArray[], count: number): string[] {
  const ids = rows.map((each) => Number(each[3])).sort();
  const fine = ids.length === count && ids[0] === 0 && new Set(ids).size === count && ids.every((id) => id <= count);
  return fine ? [] : [`ids of ${name}: ${ids.join()}`];
}

function topicRoute(queues: number): (lines: string[], context: AdminContext) => string[] {
  return (lines, { group }) => {
    const addresses = lines.join('\n').match(/\d+:"[^"]+"/g) ?? [];
    return [
      ...missing(lines, /"brokerDatas":\[/, /"queueDatas":\[/, new RegExp(`"readQueueNums":${queues}\\b`), /"perm":6/),
      ...missing(lines, new RegExp(`"cluster":"${group.clusterName}"`), new RegExp(`"writeQueueNums":${queues}\\b`)),
      ...differs('addresses in the route', group.brokerAddresses.length, addresses.length),
    ];
  };
}

function topicStatus(lines: string[], context: AdminContext): string[] {
  const rows = matches(lines, new RegExp(`^${anyName(context)}\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+${date},\\d{3}\\s*$`));
  return [
    ...missing(lines, /^#Broker Name\s+#QID\s+#Min Offset\s+#Max Offset\s+#Last Updated$/),
    ...differs('queues', context.group.brokerNames.map(() => '0,1,2,3').join(), rows.map((each) => each[1]).join()),
    ...differs('sum of the minima', 0, sum(rows, 2)),
    ...differs('sum of the maxima', 1000, sum(rows, 3)),
    ...(is5(context) ? missing(lines, /^Topic Put TPS: [\d.]+$/) : []),
  ];
}

function consumerProgressOfGroup(lines: string[], context: AdminContext): string[] {
  const topic = literal(restartTopic(context));
  const inflight = is5(context) ? String.raw`(\d+)\s+` : '';
  const row = new RegExp(
    `^${topic}\\s+${anyName(context)}\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+${inflight}${date}\\s*$`,
  );
  const rows = matches(lines, row);
  return [
    ...missing(lines, /^#Topic\s+#Broker Name\s+#QID\s+#Broker Offset\s+#Consumer Offset\s+#Diff\s/),
    ...differs('queues', 4 * context.group.brokerNames.length, rows.length),
    ...differs('broker offsets', 120, sum(rows, 2)),
    ...differs('consumer offsets', 120, sum(rows, 3)),
    ...missing(lines, /^Consume TPS: \d+\.\d\d$/, is5(context) ? /^Consume Diff Total: 0$/ : /^Diff Total: 0$/),
  ];
}

function consumerProgress(lines: string[], context: AdminContext): string[] {
  const online = String.raw`\s+1\s+V\d_\d_\d\S*\s+PUSH\s+CLUSTERING\s+\d+\s+\d+\s*$`;
  return [
    ...missing(lines, /^#Group\s+#Count\s+#Version\s+#Type\s+#Model\s+#TPS\s+#Diff Total/),
    ...missing(lines, new RegExp(`^${literal(context.onlineGroup)}${online}`)),
    ...missing(lines, new RegExp(`^${literal(restartGroup(context))}\\s+0\\s+OFFLINE\\s+\\d+\\s+0\\s*$`)),
  ];
}

function brokerStatus(lines: string[]): string[] {
  return missing(
    lines,
    /^(\S+\s+)?brokerVersionDesc\s*: V\d_\d_\d$/,
    /^(\S+\s+)?bootTimestamp\s*: \d{13}$/,
    /^(\S+\s+)?commitLogMaxOffset\s*: \d+$/,
    /^(\S+\s+)?putTps\s*: [\d.]+( [\d.]+)*\s*$/,
    /^(\S+\s+)?msgPutTotalTodayNow\s*: \d+$/,
    /^(\S+\s+)?commitLogDiskRatio\s*: 0\.\d+$/,
    /^(\S+\s+)?getTotalTps\s*: [\d.]+( [\d.]+)*\s*$/,
    /^(\S+\s+)?sendThreadPoolQueueSize\s*: \d+$/,
    /^(\S+\s+)?pageCacheLockTimeMills\s*: \d+$/,
    /^(\S+\s+)?earliestMessageTimeStamp\s*: -?\d+$/,
  );
}

/** Finds one message by key, then the same one by its unique id and by its offset id. */
const queries: AdminCheck = {
  name: 'queryMsgByKey, queryMsgByUniqueKey, queryMsgById',
  async run(context) {
    const topic = queriesTopic(context);
    const byKey = linesOf(await context.command(['queryMsgByKey', '-t', topic, '-k', 'order-3']));
    const [row, ...more] = matches(byKey, /^([0-9A-F]{32,56})\s+(\d)\s+(\d+)\s*$/);
    if (row?.[1] === undefined || more.length > 0) return ['queryMsgByKey: expected one row', ...byKey];
    const header = missing(byKey, /^#Message ID\s+#QID\s+#Offset/);
    const byUnique = linesOf(await context.command(['queryMsgByUniqueKey', '-t', topic, '-i', row[1]]));
    const found = (lines: string[]) => [
      ...missing(lines, new RegExp(`^Topic:\\s+${literal(topic)}$`), /^Tags:\s+\[tag\]$/, /^Keys:\s+\[order-3 odd\]$/),
      ...missing(lines, new RegExp(`^Queue ID:\\s+${row[2]}$`), new RegExp(`^Queue Offset:\\s+${row[3]}$`)),
      ...missing(lines, /^CommitLog Offset:\s+\d+$/, /^Reconsume Times:\s+0$/, /^System Flag:\s+0$/),
      ...missing(
        lines,
        new RegExp(`^Born Timestamp:\\s+${date},\\d{3}$`),
        new RegExp(`^Store Timestamp:\\s+${date},\\d{3}$`),
      ),
      ...missing(
        lines,
        /^Born Host:\s+127\.0\.0\.1:\d+$/,
        /^Store Host:\s+127\.0\.0\.1:\d+$/,
        /^Properties:\s+\{.*KEYS=order-3 odd/,
      ),
    ];
    const unique = found(byUnique);
    if (unique.length > 0) return [...header, ...unique, 'queryMsgByUniqueKey printed:', ...byUnique];
    const byId = linesOf(
      await context.command(['queryMsgById', '-i', offsetIdOf(byUnique), ...(is5(context) ? ['-t', topic] : [])]),
    );
    const id = [...missing(byId, new RegExp(`^OffsetID:\\s+${offsetIdOf(byUnique)}$`)), ...found(byId)];
    return [...header, ...(id.length > 0 ? [...id, 'queryMsgById printed:', ...byId] : [])];
  },
};

/** Address (4 bytes), port (4) and position in the log (8) of the printed message, in hex. */
function offsetIdOf(lines: readonly string[]): string {
  const [host] = matches(lines, /^Store Host:\s+(\d+)\.(\d+)\.(\d+)\.(\d+):(\d+)$/);
  const [position] = matches(lines, /^CommitLog Offset:\s+(\d+)$/);
  const id = Buffer.alloc(16);
  for (let index = 0; index < 4; index++) id.writeUInt8(Number(host?.[index + 1]), index);
  id.writeUInt32BE(Number(host?.[5]), 4);
  id.writeBigUInt64BE(BigInt(position?.[1] ?? 0), 8);
  return id.toString('hex').toUpperCase();
}

/** A command that must fail by saying that there is no route. */
const routeIsGone: AdminCheck = {
  name: 'topicRoute of a deleted topic',
  async run(context) {
    const lines = linesOf(await context.command(['topicRoute', '-t', ownTopic(context)]));
    return missing(
      lines,
      /SubCommandException: TopicRouteSubCommand command failed/,
      /CODE: 17 {2}DESC: No topic route info/,
    );
  },
};

/** One line for each master. */
function createdOn({ group }: AdminContext, what: string, lines: string[]): string[] {
  const line = new RegExp(`^create ${what} to (${group.brokerAddresses.map(literal).join('|')}) success\\.$`);
  const addresses = matches(lines, line).map((each) => each[1]);
  return differs(`brokers on which the ${what} was created`, group.brokerNames.length, new Set(addresses).size);
}

/** In this order: later commands look at what earlier ones did. */
export const adminChecks: readonly AdminCheck[] = [
  command('clusterList', () => ['clusterList'], clusterList),
  command(
    'clusterList -m',
    () => ['clusterList', '-m'],
    (lines, context) => [
      ...missing(
        lines,
        /^#Cluster Name\s+#Broker Name\s+#InTotalYest\s+#OutTotalYest\s+#InTotalToday\s+#OutTotalToday/,
      ),
      ...missing(
        lines,
        new RegExp(
          `^${context.group.clusterName}\\s+${anyName(context)}\\s+\\d+\\s+\\d+\\s+[1-9]\\d+\\s+[1-9]\\d+\\s*$`,
        ),
      ),
    ],
  ),
  command(
    'topicList',
    () => ['topicList'],
    (lines, context) =>
      missing(
        lines,
        /^TBW102$/,
        new RegExp(`^${quickstartTopic(context)}$`),
        new RegExp(`^%RETRY%${restartGroup(context)}$`),
      ),
  ),
  command(
    'topicList -c',
    () => ['topicList', '-c'],
    (lines, context) => [
      ...missing(lines, /^#Cluster Name\s+#Topic\s+#Consumer Group/),
      ...missing(
        lines,
        new RegExp(`^${context.group.clusterName}\\s+${restartTopic(context)}\\s+${restartGroup(context)}\\s*$`),
      ),
    ],
  ),
  command('topicRoute', (context) => ['topicRoute', '-t', quickstartTopic(context)], topicRoute(4)),
  command('topicStatus', (context) => ['topicStatus', '-t', quickstartTopic(context)], topicStatus),
  command(
    'updateTopic',
    (context) => ['updateTopic', '-t', ownTopic(context), '-c', context.group.clusterName, '-r', '6', '-w', '6'],
    (lines, context) => [
      ...createdOn(context, 'topic', lines),
      ...missing(
        lines,
        new RegExp(`^TopicConfig \\[topicName=${ownTopic(context)}, readQueueNums=6, writeQueueNums=6, perm=RW-,`),
      ),
    ],
  ),
  command('topicRoute of a created topic', (context) => ['topicRoute', '-t', ownTopic(context)], topicRoute(6)),
  command(
    'deleteTopic',
    (context) => ['deleteTopic', '-t', ownTopic(context), '-c', context.group.clusterName],
    (lines, context) =>
      missing(
        lines,
        new RegExp(
          `^delete topic \\[${ownTopic(context)}\\] from cluster \\[${context.group.clusterName}\\] success\\.$`,
        ),
        new RegExp(`^delete topic \\[${ownTopic(context)}\\] from NameServer success\\.$`),
      ),
  ),
  routeIsGone,
  command(
    'updateSubGroup',
    (context) => ['updateSubGroup', '-g', `g-${ownTopic(context)}`, '-c', context.group.clusterName, '-r', '5'],
    (lines, context) => [
      ...createdOn(context, 'subscription group', lines),
      ...missing(lines, new RegExp(`^SubscriptionGroupConfig.*groupName=g-${ownTopic(context)},.*retryMaxTimes=5`)),
    ],
  ),
  command(
    'consumerProgress -g',
    (context) => ['consumerProgress', '-g', restartGroup(context)],
    consumerProgressOfGroup,
  ),
  command('consumerProgress', () => ['consumerProgress'], consumerProgress),
  command(
    'consumerConnection',
    (context) => ['consumerConnection', '-g', context.onlineGroup],
    (lines, context) =>
      missing(
        lines,
        /^#ClientId\s+#ClientAddr\s+#Language\s+#Version/,
        /^\S+\s+127\.0\.0\.1:\d+\s+JAVA\s+V\d_\d_\d\S*$/,
        new RegExp(`^${literal(quickstartTopic(context))}\\s+\\*\\s*$`),
        /^ConsumeType: CONSUME_PASSIVELY$/,
        /^MessageModel: CLUSTERING$/,
        /^ConsumeFromWhere: CONSUME_FROM_FIRST_OFFSET$/,
      ),
  ),
  command('brokerStatus -b', ({ group }) => ['brokerStatus', '-b', group.brokerAddresses[0] ?? ''], brokerStatus),
  command('brokerStatus -c', ({ group }) => ['brokerStatus', '-c', group.clusterName], brokerStatus),
  queries,
];
