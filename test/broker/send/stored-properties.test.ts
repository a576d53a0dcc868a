import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { StoredProperties } from '../../../src/broker/send/stored-properties.ts';

const config = { regionId: 'DefaultRegion', traceOn: true, brokerClusterName: 'Cluster' } as BrokerConfig;
const anyText = fc.string({
  unit: fc.constantFrom('A', 'é', '€', '😀', '\u0001', '\u0002', 'UNIQ_KEY\u0001', 'UNIQ_KEY'),
});

describe('stored properties', () => {
  it('are the same as bytes and as text', () => {
    const stored = new StoredProperties(config, () => 'NEW');
    let asBytes = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = stored.completeBytes(text);
        if (bytes === undefined) return;
        asBytes++;
        expect(bytes.toString()).toBe(stored.complete(text, false));
      }),
      { numRuns: 2000 },
    );
    expect(asBytes).toBeGreaterThan(100);
  });

  it('get a new UNIQ_KEY only as text, and long ones are no bytes', () => {
    const stored = new StoredProperties(config, () => 'NEW');
    expect(stored.completeBytes(undefined)).toBeUndefined();
    expect(stored.completeBytes('KEYS\u0001a\u0002')).toBeUndefined();
    expect(stored.complete('KEYS\u0001a', false)).toContain('UNIQ_KEY\u0001NEW\u0002');
    const text = `UNIQ_KEY\u0001a\u0002LONG\u0001${'€'.repeat(5000)}`;
    expect(stored.completeBytes(text)).toBeUndefined();
    expect(stored.complete(text, false).startsWith(text)).toBe(true);
  });
});
