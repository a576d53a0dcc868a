import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { WrongArguments } from '../../../jepsen-lite/bin/arguments.ts';
import { readSeedList } from '../../../jepsen-lite/bin/read-seed-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-list-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, 'seeds.txt');
  writeFileSync(path, text);
  return readSeedList(path);
}

test('a line is mode, seed, members, minutes, perhaps a file of faults, and words', () => {
  expect(read('# remark\n10 3 1 seeds/10.json three votes\n\ncontroller 6 5 0.5 why\n7 3 1\n')).toEqual([
    { mode: 'dledger', seed: 10, nodes: 3, minutes: 1, file: join(folder, 'seeds/10.json') },
    { mode: 'controller', seed: 6, nodes: 5, minutes: 0.5, file: undefined },
    { mode: 'dledger', seed: 7, nodes: 3, minutes: 1, file: undefined },
  ]);
});

test.for(['10 x 0', '10 0 1', '10', 'raft 1 3 1', 'seed 10'])('%s is refused with its line', (line) => {
  expect(() => read(`1 3 1\n${line}\n`)).toThrow(`line 2 is not the mode`);
});

test('a seed that no number holds is refused with its line, as another one would be played', () => {
  expect(() => read('9007199254740991 3 1\n9007199254740993 3 1\n')).toThrow(/line 2 has the seed 9007199254740993/);
});

test('a list without seeds, and one that is not there, would pass whatever happens', () => {
  expect(() => read('# nothing\n')).toThrow('there is no seed in it');
  expect(() => readSeedList(join(folder, 'none.txt'))).toThrow(WrongArguments);
});
