import type { BrokerKeys, ChangedKey } from '../target/broker-keys.ts';

/** What the brokers' configuration has that is not LedgerMQ's default, in one sentence. Reports of before do not tell. */
export function brokerKeysText(keys: BrokerKeys | undefined): string | undefined {
  if (keys === undefined) return undefined;
  const { changed, silent } = keys;
  const unlike = changed.map(
    (each) => `${each.key} ${valueText(each)} (default ${each.usual === undefined ? 'unknown' : shown(each.usual)})`,
  );
  const sentence = unlike.length === 0 ? "LedgerMQ's defaults" : unlike.join('; ');
  return `Brokers' keys: ${sentence}.${silent.length === 0 ? '' : ` Not told by ${silent.join(' and ')}.`}`;
}

/** The value where all members have the same, else that of each. */
export function valueText({ values }: ChangedKey): string {
  const all = [...new Set(Object.values(values))];
  if (all.length === 0) return 'not told';
  if (all.length === 1) return shown(all[0]);
  return all
    .map((value) => {
      const names = Object.keys(values).filter((name) => values[name] === value);
      return `${shown(value)} on ${names.join(' and ')}`;
    })
    .join(', ');
}

function shown(value = ''): string {
  return value === '' ? '""' : value;
}

/** Keys whose values differ between two drills, with both. */
export function brokerKeyDifferences(first: BrokerKeys, second: BrokerKeys): string[] {
  const keys = new Set([...first.changed, ...second.changed].map(({ key }) => key));
  return [...keys].sort().flatMap((key) => {
    const [mine, other] = [first, second].map(({ changed }) => changed.find((each) => each.key === key));
    const usual = mine?.usual ?? other?.usual ?? 'unknown';
    const [a, b] = [mine, other].map((each) => (each === undefined ? usual : valueText(each)));
    return a === b ? [] : [`brokers' ${key} ${a} and ${b}`];
  });
}
