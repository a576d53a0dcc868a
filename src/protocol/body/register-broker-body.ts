import { deflateSync, inflateSync } from 'node:zlib';
import { defaulted, list, object, text, textRecord } from '../body-codec.ts';
import { BodyError } from '../body-error.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { bodyCrc } from '../message/record.ts';
import { type DataVersion, dataVersion } from './data-version.ts';
import { type TopicConfig, topicConfigTableCodec } from './topic-config.ts';

/** A broker's topics: the body of REGISTER_BROKER, unless its header says `compressed`. */
export const registerBrokerBody = defineBody(
  'RegisterBrokerBody',
  object({ topicConfigSerializeWrapper: topicConfigTableCodec, filterServerList: defaulted(list(text), []) }),
);

export type RegisterBrokerBody = BodyOf<typeof registerBrokerBody>;

const MAX_INFLATED_BYTES = 256 * 1024 * 1024;

/** Whether `body` is the one for which the sender computed `bodyCrc32`; 0 means that it computed none. */
export function registrationCrcMatches(body: Uint8Array, bodyCrc32: number): boolean {
  return bodyCrc32 === 0 || bodyCrc32 === bodyCrc(body);
}

/**
 * The compressed form (RegisterBrokerBody.java): a zlib stream of the version's JSON, the topics as lines of words, and the filter
 * servers' JSON, each behind a 4-byte length. What newer versions append is ignored.
 */
export function decodeCompressedRegistration(bytes: Buffer): RegisterBrokerBody | BodyError {
  try {
    const reader = new SectionReader(inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }));
    const version = versionBody.decode(reader.section());
    if (version instanceof BodyError) return version;
    const topics = new Map<string, TopicConfig>();
    for (let count = reader.number(); count > 0; count--) {
      const topic = parseTopicLine(reader.section().toString('utf8'));
      topics.set(topic.topicName, topic);
    }
    return { topicConfigSerializeWrapper: { dataVersion: version, topicConfigTable: topics }, filterServerList: [] };
  } catch (error) {
    return new BodyError(
      `RegisterBrokerBody: the compressed body cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** The reverse of `decodeCompressedRegistration`. */
export function encodeCompressedRegistration(body: RegisterBrokerBody): Buffer {
  const { topicConfigTable, dataVersion: version } = body.topicConfigSerializeWrapper;
  const count = Buffer.alloc(4);
  count.writeInt32BE(topicConfigTable.size);
  const topics = [...topicConfigTable.values()].map((topic) => section(topicLine(topic)));
  const filters = section(JSON.stringify(body.filterServerList));
  return deflateSync(Buffer.concat([section(dataVersion.write(version)), count, ...topics, filters]));
}

const versionBody = defineBody<DataVersion>('DataVersion', dataVersion);

class SectionReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  number(): number {
    const value = this.bytes.readInt32BE(this.at);
    this.at += 4;
    return value;
  }

  section(): Buffer {
    const length = this.number();
    const from = this.at;
    if (length < 0 || from + length > this.bytes.length)
      throw new BodyError(`a section of ${length} bytes does not fit`);
    this.at += length;
    return this.bytes.subarray(from, this.at);
  }
}

function section(content: string): Buffer {
  const length = Buffer.byteLength(content);
  const out = Buffer.alloc(4 + length);
  out.writeInt32BE(length);
  out.write(content, 4);
  return out;
}

/** `name readQueues writeQueues perm filterType [attributes as JSON]` (TopicConfig.encode). */
function topicLine(topic: TopicConfig): string {
  const attributes = Object.keys(topic.attributes).length === 0 ? '' : ` ${JSON.stringify(topic.attributes)}`;
  return `${topic.topicName} ${topic.readQueueNums} ${topic.writeQueueNums} ${topic.perm} ${topic.topicFilterType}${attributes}`;
}

function parseTopicLine(line: string): TopicConfig {
  const [topicName = '', readQueues, writeQueues, perm, topicFilterType = 'SINGLE_TAG', ...attributes] =
    line.split(' ');
  const [readQueueNums, writeQueueNums, permission] = [readQueues, writeQueues, perm].map(Number);
  if (!Number.isInteger(readQueueNums) || !Number.isInteger(writeQueueNums) || !Number.isInteger(permission)) {
    throw new BodyError(`the topic line ${JSON.stringify(line.slice(0, 80))} is malformed`);
  }
  return {
    topicName,
    readQueueNums: readQueueNums!,
    writeQueueNums: writeQueueNums!,
    perm: permission!,
    topicFilterType,
    topicSysFlag: 0,
    order: false,
    attributes: attributes.length === 0 ? {} : textRecord.read(JSON.parse(attributes.join(' ')), 'attributes'),
  };
}
