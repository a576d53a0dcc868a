import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/client/emitter.ts';

describe('Emitter', () => {
  it('calls listeners in order until they are taken away, and survives one that throws', () => {
    const problems: string[] = [];
    const emitter = new Emitter<{ ping: number }>((event, error) => problems.push(`${event}: ${String(error)}`));
    const seen: string[] = [];
    expect(emitter.has('ping')).toBe(false);
    const off = emitter.on('ping', (n) => seen.push(`a${n}`));
    emitter.on('ping', () => {
      throw new Error('no');
    });
    emitter.on('ping', (n) => seen.push(`b${n}`));
    emitter.emit('ping', 1);
    off();
    emitter.emit('ping', 2);
    expect(seen).toEqual(['a1', 'b1', 'b2']);
    expect(problems).toEqual(['ping: Error: no', 'ping: Error: no']);
  });
});
