import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NativeStore } from '../../src/store/native-store.ts';
import { type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';
import { point, TINY, texts } from './native-support.ts';
import { close, message, putNow, readQueue, startStore, wait } from './support.ts';

describe('against a naive model', () => {
  type Step =
    | { kind: 'put'; queue: number; size: number }
    | { kind: 'batch'; queues: number[] }
    | { kind: 'time' | 'point' | 'close' | 'kill' | 'power' | 'read' };

  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constant('put' as const), queue: fc.nat(3), size: fc.nat(900) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('batch' as const),
        queues: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('time' as const, 'point' as const, 'read' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const, 'power' as const) }) },
  );

  class Model {
    readonly world: VirtualWorld;
    platform: VirtualPlatform;
    native: NativeStore;
    /** Bodies by queue, in order; `synced`: how many of them a power loss leaves for certain. */
    readonly queues: string[][] = [[], [], [], []];
    #serial = 0;
    constructor(seed: number) {
      this.world = new VirtualWorld(seed);
      this.platform = this.world.start('a');
      this.native = startStore(this.platform, { ...TINY, syncFlush: true });
    }

    put(queueIds: readonly number[], size: number): void {
      const messages = queueIds.map((queueId) => {
        const body = `${this.#serial++}:${'x'.repeat(size)}`;
        this.queues[queueId]!.push(body);
        return message('T', queueId, body, { UNIQ_KEY: `u${this.#serial - 1}`, TAGS: `t${queueId}` });
      });
      putNow(this.platform, this.native.store, ...messages);
      for (const put of messages) {
        const at = this.queues[put.queueId]!.indexOf(put.body.toString());
        expect(put.queueOffset).toBe(at);
      }
    }

    restart(kind: 'close' | 'kill' | 'power'): void {
      if (kind === 'close') close(this.platform, this.native);
      this.platform.crash(kind === 'power' ? { machine: true, unsynced: 'random' } : { inFlightBytes: 50 });
      this.platform = this.world.start('a');
      this.native = startStore(this.platform, { ...TINY, syncFlush: true });
    }

    check(): void {
      for (const [queueId, expected] of this.queues.entries()) {
        expect(this.native.store.maxOffset('T', queueId)).toBe(expected.length);
        expect(texts(readQueue(this.platform, this.native.store, 'T', queueId))).toEqual(expected);
      }
      const last = this.#serial - 1;
      if (last < 0) return;
      const { store } = this.native;
      const found = wait<Buffer[]>(this.platform, (done) =>
        store.queryByKey('T', `u${last}`, 9, 0, Number.MAX_SAFE_INTEGER, done),
      );
      expect(found).toHaveLength(1);
    }
  }

  test('what was acknowledged under SYNC_FLUSH reads back, in order and once, after closes, kills and power losses', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(step, { maxLength: 40 }), (seed, steps) => {
        const model = new Model(seed);
        for (const action of steps) {
          if (action.kind === 'put') model.put([action.queue], action.size);
          else if (action.kind === 'batch') model.put(action.queues, 30);
          else if (action.kind === 'time') model.world.advance(1500);
          else if (action.kind === 'point') point(model.platform, model.native);
          else if (action.kind === 'read') model.check();
          else model.restart(action.kind);
        }
        model.check();
      }),
      { numRuns: 60 },
    );
  });
});
