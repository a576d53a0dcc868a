type Attributes = Readonly<Record<string, string>>;

/** Attributes that a topic may have, with the values that have an effect here (TopicAttributes.java). */
const KNOWN: Readonly<Record<string, readonly string[] | undefined>> = {
  'queue.type': ['SimpleCQ'],
  'cleanup.policy': ['DELETE'],
  'message.type': ['UNSPECIFIED', 'NORMAL', 'FIFO', 'DELAY', 'MIXED'],
  'reserve.time': undefined,
};

/** Applies RocketMQ's `+key=value,-key` to a topic's attributes (AttributeUtil.java). A text says what cannot be done. */
export function alterAttributes(current: Attributes, text: string): Attributes | string {
  const next: Record<string, string> = { ...current };
  for (const part of text.split(',').map((word) => word.trim())) {
    if (part === '') continue;
    const [, sign, key = '', value] = /^([+-])([^=]+)(?:=(.*))?$/.exec(part) ?? [];
    if (sign === '-') {
      delete next[key];
      continue;
    }
    if (sign !== '+' || value === undefined) return `attribute ${part}: write +key=value or -key`;
    if (!Object.hasOwn(KNOWN, key)) return `attribute ${key} is not known; known are ${Object.keys(KNOWN).join(', ')}`;
    const values = KNOWN[key];
    if (values !== undefined && !values.includes(value)) {
      return `attribute ${key}=${value} is not supported; supported are ${values.join(', ')}`;
    }
    next[key] = value;
  }
  return next;
}
