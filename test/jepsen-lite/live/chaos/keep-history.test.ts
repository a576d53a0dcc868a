import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import { importJsonl } from '../../../../jepsen-lite/checker/import-jsonl.ts';
import { keepHistory } from '../../../../jepsen-lite/live/chaos/keep-history.ts';
import { LiveDisturbances } from '../../../../jepsen-lite/live/chaos/live-disturbances.ts';

test('a history that is kept can be read back, and is drawn with the faults that it was judged by', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-kept-'));
  let nowMs = 0;
  const disturbances = new LiveDisturbances(() => nowMs, { members: 3, needed: 2 });
  try {
    const history = new History();
    for (let at = 0; at < 20; at++) {
      const id = history.invoke(1, 'append', 'A/0', `v${at}`, at * 1e9, '');
      history.ok(id, at * 1e9 + 1_000_000, at);
    }
    nowMs = 5_000;
    disturbances.fault({ kind: 'kill', target: 'leader', atMs: 5_000, forMs: 1_000 }, ['n0']);
    nowMs = 20_000;
    const limits = disturbances.availability();
    keepHistory(folder, history, limits, 'seed 7');
    // Asked again it is the same, though time has passed.
    nowMs = 90_000;
    expect(disturbances.availability()).toBe(limits);
    const read = importJsonl(readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n'), { drained: true });
    expect('history' in read && [...read.history.operations()].length).toBe(20);
    expect(readFileSync(join(folder, 'availability.svg'), 'utf8')).toMatch(/^<svg .*seed 7.*kill.*<\/svg>\n$/s);
  } finally {
    disturbances.close();
    rmSync(folder, { recursive: true });
  }
});
