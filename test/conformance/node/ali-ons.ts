import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What we use of ali-ons, which brings no types. */
export type SendResult = {
  readonly sendStatus: string;
  readonly msgId: string;
  readonly messageQueue: { readonly brokerName: string; readonly queueId: number };
  readonly queueOffset: number;
};

export type OnsMessage = {
  readonly body: Buffer;
  readonly tags: string | undefined;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly msgId: string;
  keys: string | readonly string[];
  shardingKey?: string;
};

type Client = {
  ready(): Promise<void>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
};

export type OnsProducer = Client & { send(message: OnsMessage): Promise<SendResult> };

export type OnsConsumer = Client & {
  subscribe(topic: string, tags: string, handler: (message: OnsMessage) => Promise<void>): void;
};

type Options = Readonly<Record<string, unknown>>;

export type Ons = {
  readonly Producer: new (options: Options) => OnsProducer;
  readonly Consumer: new (options: Options) => OnsConsumer;
  readonly Message: new (topic: string, tags: string, body: string | Buffer) => OnsMessage;
};

/** Loads the published package from the folder in which the suite installed it. */
export function loadAliOns(folder: string): Ons {
  return createRequire(join(folder, 'package.json'))('ali-ons') as Ons;
}
