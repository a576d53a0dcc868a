import { connect } from 'node:net';

export type Answer = {
  readonly code: number;
  readonly remark: string | undefined;
  readonly extFields: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** One request with a JSON header, independent of the product's own codec. */
export function ask(
  address: string,
  code: number,
  extFields: Record<string, string>,
  content: Uint8Array = Buffer.alloc(0),
): Promise<Answer> {
  const colon = address.lastIndexOf(':');
  const header = Buffer.from(JSON.stringify({ code, extFields, flag: 0, language: 'JAVA', opaque: 1, version: 479 }));
  const frame = Buffer.alloc(8);
  frame.writeInt32BE(4 + header.length + content.length, 0);
  frame.writeInt32BE(header.length, 4);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon));
    let received = Buffer.alloc(0);
    socket.setTimeout(3_000, () => socket.destroy(new Error('no answer in 3 s')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 8 || received.length < 4 + received.readInt32BE(0)) return;
      const end = 8 + (received.readInt32BE(4) & 0xffffff);
      const answer = JSON.parse(received.toString('utf8', 8, end)) as Omit<Answer, 'body'>;
      resolve({ ...answer, body: received.subarray(end, 4 + received.readInt32BE(0)) });
      socket.destroy();
    });
    socket.write(Buffer.concat([frame, header, content]));
  });
}

type Route = { readonly brokerDatas: readonly { readonly brokerAddrs: Readonly<Record<string, string>> }[] };

/** Addresses and ids of the brokers that the default topic has, as the name server knows them; none while nobody listens. */
export async function brokerAddressesOf(
  nameServer: string,
): Promise<{ readonly id: number; readonly address: string }[]> {
  try {
    const { code, body } = await ask(nameServer, 105, { topic: 'TBW102', acceptStandardJsonOnly: 'true' });
    if (code !== 0) return [];
    const route = JSON.parse(body.toString('utf8')) as Route;
    return route.brokerDatas.flatMap(({ brokerAddrs }) =>
      Object.entries(brokerAddrs).map(([id, address]) => ({ id: Number(id), address })),
    );
  } catch {
    // Nobody listens yet; the caller asks again until its own limit.
    return [];
  }
}

/** The address that the name server gives for broker id 0, of the first where there are several; undefined while there is none. */
export async function masterAddress(nameServer: string): Promise<string | undefined> {
  const brokers = await brokerAddressesOf(nameServer);
  return brokers.find(({ id }) => id === 0)?.address;
}

/** Creates a topic on every master, for clients that cannot. */
export async function createTopic(nameServer: string, topic: string, queues: number): Promise<void> {
  const masters = (await brokerAddressesOf(nameServer)).filter(({ id }) => id === 0);
  if (masters.length === 0) throw new Error('no master to create a topic on');
  for (const { address } of masters) {
    const { code } = await ask(address, 17, {
      topic,
      defaultTopic: 'TBW102',
      readQueueNums: String(queues),
      writeQueueNums: String(queues),
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: '0',
      order: 'false',
    });
    if (code !== 0) throw new Error(`${address} answered ${code} when topic ${topic} was to be created`);
  }
}
