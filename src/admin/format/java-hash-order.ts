import { javaHashCode } from '../../protocol/message/tags.ts';

const LOAD = 0.75;

/**
 * The order in which Java's HashMap and HashSet walk texts that were put in in the given order: RocketMQ's tools print in it.
 * `capacity` is what the map was made with.
 */
export function javaHashOrder(keys: Iterable<string>, capacity = 16): string[] {
  const distinct = [...new Set(keys)];
  let buckets = capacity;
  while (distinct.length > buckets * LOAD) buckets *= 2;
  const bucketOf = (key: string): number => {
    const hash = javaHashCode(key);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return distinct
    .map((key) => ({ key, bucket: bucketOf(key) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ key }) => key);
}

/** A map of texts as Java prints it: `{a=1, b=2}`. */
export function javaMapText(map: Readonly<Record<string, string>>, capacity = 16): string {
  const pairs = javaHashOrder(Object.keys(map), capacity).map((key) => `${key}=${map[key]}`);
  return `{${pairs.join(', ')}}`;
}
