import { describe, expect, it } from 'vitest';
import type { DurableLog } from '../../../cluster/raft-storage/durable-log.ts';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { entriesOf, openLog, propose } from './log-fixture.ts';

type Entry = readonly [term: number, length: number, fill: number];

/** A log under random appends, cuts, persists and crashes, beside the plain list of entries that it should hold. */
class Run {
  readonly world: VirtualWorld;
  readonly chance: Chance;
  readonly segmentBytes: number;
  platform: VirtualPlatform;
  log: DurableLog;
  model: Entry[] = [];
  /** Lists that a cut replaced, since the disk last knew for certain: a crash may bring one of them back. */
  replaced: Entry[][] = [];
  term = 1;
  /** Entries that certainly survive the process, and the machine. */
  written = 0;
  synced = 0;
  busy = false;

  constructor(seed: number) {
    this.world = new VirtualWorld(seed);
    this.chance = new Chance(seed, 'log model');
    this.segmentBytes = 512 << this.chance.below(5);
    this.platform = this.world.start('a');
    this.log = this.open(false);
  }

  open(mayCut: boolean): DurableLog {
    const { segmentBytes } = this;
    const more = { segmentBytes, chunkBytes: 1024, tailBytes: 2048, ringEntries: 8, mayCut: () => mayCut };
    return openLog(this.platform, more).log;
  }

  append(): void {
    const length = 5 + this.chance.below(Math.min(300, this.log.maxBodyBytes - 5));
    const fill = this.chance.below(256);
    propose(this.log, this.term, length, fill);
    this.model.push([this.term, length, length > 4 ? fill : -1]);
  }

  cut(): void {
    const from = 1 + this.chance.below(this.model.length);
    this.replaced.push([...this.model]);
    this.log.truncate(from);
    this.model.length = from - 1;
    this.written = Math.min(this.written, from - 1);
    this.synced = Math.min(this.synced, from - 1);
    this.term++;
  }

  persist(): void {
    if (this.busy) return;
    this.busy = true;
    const sync = this.chance.uniform() < 0.4;
    const { log } = this;
    const cutsBefore = this.replaced.length;
    if (this.chance.uniform() < 0.05)
      this.platform.disk.image.fail({ operation: 'write', code: 'ENOSPC', written: 77 });
    log.persist(sync, (error, upTo) => {
      this.busy = false;
      if (error !== undefined) {
        expect(error.code).toBe('ENOSPC');
        return;
      }
      expect(upTo).toBeLessThanOrEqual(this.model.length);
      this.written = Math.max(this.written, upTo);
      if (sync) this.synced = Math.max(this.synced, upTo);
      // What was cut before this persist is gone from the disk for good.
      this.replaced.splice(0, cutsBefore);
    });
  }

  crash(): void {
    const machine = this.chance.uniform() < 0.5;
    const unsynced = this.chance.uniform() < 0.3 ? 'lost' : 'random';
    this.platform.crash({ machine, unsynced, inFlightBytes: this.chance.below(3000) });
    this.platform = this.world.start('a');
    this.busy = false;
    this.log = this.open(machine);
    const found = entriesOf(this.log).map(([, term, length, fill]): Entry => [term!, length!, fill!]);
    const same = (list: Entry[]) => found.every((entry, i) => String(entry) === String(list[i]));
    const candidates = [this.model, ...this.replaced].filter(same);
    expect(candidates.length).toBeGreaterThan(0);
    expect(found.length).toBeGreaterThanOrEqual(machine ? this.synced : this.written);
    this.check();
    this.model = found;
    this.replaced = [];
    // Opening fsyncs what it found.
    this.written = found.length;
    this.synced = found.length;
    this.term++;
  }

  check(): void {
    for (const index of [1, Math.ceil(this.log.lastIndex / 2), this.log.lastIndex]) {
      if (index > 0 && index <= this.log.lastIndex) expect(this.log.chainCrc(index)).toBeGreaterThan(0);
    }
    const terms = entriesOf(this.log).map(([, term]) => term);
    expect(terms.map((_term, i) => this.log.termAt(i + 1))).toEqual(terms);
  }

  step(): void {
    const dice = this.chance.uniform();
    if (dice < 0.5) this.append();
    else if (dice < 0.7) this.persist();
    else if (dice < 0.9) this.world.runTurn();
    else if (dice < 0.96 && this.model.length > 0) this.cut();
    else if (dice > 0.985) this.crash();
  }
}

describe('a log under random appends, cuts, full disks and crashes', () => {
  it.each([0, 1, 2, 3])('keeps what it promised (%i of 4)', (part) => {
    for (let seed = part * 20; seed < part * 20 + 20; seed++) {
      const run = new Run(seed);
      for (let i = 0; i < 300; i++) run.step();
      const entries = entriesOf(run.log).map(([, term, length, fill]) => String([term, length, fill]));
      expect(entries).toEqual(run.model.map(String));
    }
  });
});
