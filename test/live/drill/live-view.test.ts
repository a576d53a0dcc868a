import { execFileSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { program, temporaryFolder } from '../harness/live-group.ts';
import { bounded, RunningProgram } from '../harness/run-program.ts';

const RUN_MS = 120_000;
/** Runs a command on a terminal of its own (util-linux). */
const TERMINAL = 'script';

function hasTerminals(): boolean {
  try {
    execFileSync(TERMINAL, ['-qec', 'true', '/dev/null'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('TESTS ARE LEFT OUT: there is no script (util-linux) that gives a program a terminal.');
    return false;
  }
}

/** What a drill shows on a terminal of 100 columns and 30 rows. */
async function shownBy(...args: readonly string[]): Promise<string> {
  const drill = [process.execPath, program('drill'), 'leader-kill', '--dir', temporaryFolder(), ...args];
  const command = `stty cols 100 rows 30; ${drill.map((word) => `'${word}'`).join(' ')}`;
  const environment = { NO_COLOR: '', TERM: 'xterm' };
  const { stdout, code } = await bounded(
    new RunningProgram(TERMINAL, ['-qec', command, '/dev/null'], environment),
    RUN_MS,
  );
  expect(code).toBe(0);
  return stdout;
}

test.runIf(hasTerminals())('a terminal shows how a drill stands', { timeout: RUN_MS }, async () => {
  const shown = stripVTControlCharacters(await shownBy());
  expect(shown).toMatch(/leader {4}n\d is leader in term \d/);
  expect(shown).toMatch(/sends {5}\d+\/s, \d+ acknowledged/);
  expect(shown).toMatch(/faults {4}kill of n\d \(\d s left\)/);
  expect(shown).toMatch(/left {6}\d+ s/);
  expect(shown).toMatch(/\d:\d\d {2}over: kill of n\d/);
  expect(shown).toContain('# Drill leader-kill: passed');
});

test.runIf(hasTerminals())('with --plain it shows lines', { timeout: RUN_MS }, async () => {
  const shown = await shownBy('--plain');
  expect(shown).not.toContain('\u001b');
  expect(shown).toContain('# Drill leader-kill: passed');
});
