import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import { importJsonl } from '../../../jepsen-lite/checker/import-jsonl.ts';
import {
  checkLinearizableLogs,
  checkLinearizableRegisters,
} from '../../../jepsen-lite/checker/linearizable-register.ts';
import { writeHistory } from '../../../jepsen-lite/live/write-history.ts';
import { run } from '../../../jepsen-lite/sim/run.ts';
import { Judge } from './judge.ts';

interface Line {
  readonly client: number;
  readonly op: string;
  readonly key: string;
  readonly offset?: number;
  readonly call: number;
  readonly return?: number;
  readonly value?: string;
  readonly result?: string | number | boolean | null;
  readonly ok: boolean | null;
}

const RUN_MS = 20_000;
const options = { maxSteps: 1_000_000 };
let judge: Judge;

beforeAll(() => {
  judge = new Judge();
});
afterAll(() => judge.close());

/** What clients of a simulated group under drawn faults did and were told, as `npm run sim -- --history FILE` writes it. */
async function exported(seed: number): Promise<Line[]> {
  const { history, violation } = await run({ seed, nodes: 3, durationMs: RUN_MS, engine: nodeEngine });
  expect(violation).toBeUndefined();
  const file = join(judge.scratch, `run-${seed}.jsonl`);
  writeHistory(file, history, { withDetails: false });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/** A client that sends again by itself does not tell of the attempts before: a message that is at another place than its answer says was sent there, too. */
function withHiddenAttempts(lines: readonly Line[]): Line[] {
  const sends = new Map(lines.filter(({ op }) => op === 'append').map((line) => [line.value, line]));
  const hidden = new Map<string, Line>();
  for (const { op, key, offset, result } of lines) {
    if (op !== 'read' || offset === undefined || typeof result !== 'string') continue;
    const send = sends.get(result);
    if (send?.ok !== true || (send.key === key && send.result === offset)) continue;
    const { client, call, value } = send;
    hidden.set(`${key} ${offset}`, { client: client + 1_000_000, op: 'append', key, call, value, ok: null } as Line);
  }
  return [...lines, ...hidden.values()];
}

/** The first of these answers, told wrong: the search for an order ends soon there. */
function spoiled(lines: readonly Line[], isOne: (line: Line) => boolean, result: Line['result']): Line[] {
  const at = lines.findIndex((line) => line.ok === true && line.result !== null && isOne(line));
  expect(at).toBeGreaterThan(0);
  return lines.map((line, place) => (place === at ? { ...line, result } : line) as Line);
}

for (const seed of [4, 17]) {
  test(`Porcupine and our checkers agree about the simulated run of seed ${seed}, and about it with one wrong answer`, async () => {
    const lines = withHiddenAttempts(await exported(seed));
    const isMessage = ({ op, offset }: Line): boolean => op === 'read' && offset !== undefined;
    const isSetting = ({ op, offset }: Line): boolean => op === 'read' && offset === undefined;
    const cases = [
      ['log', lines, 'ok', checkLinearizableLogs],
      ['log', spoiled(lines, isMessage, '#0'), 'illegal', checkLinearizableLogs],
      ['register', lines, 'ok', checkLinearizableRegisters],
      ['register', spoiled(lines, isSetting, 'nobody wrote this'), 'illegal', checkLinearizableRegisters],
    ] as const;
    for (const [model, history, word, ours] of cases) {
      const texts = history.map((line) => JSON.stringify(line));
      const file = join(judge.scratch, 'judged.jsonl');
      writeFileSync(file, texts.join('\n'));
      expect([model, ...judge.words(model, [file], '60s')]).toEqual([model, word]);
      const read = importJsonl(texts, { drained: true });
      expect('history' in read && ours(read.history, options).valid).toBe(word === 'ok');
    }
    expect(lines.filter(({ op, ok }) => op === 'append' && ok === true).length).toBeGreaterThan(100);
  });
}
