import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseScript, rewriteScript } from './script.ts';
import { ScriptGroup } from './script-group.ts';

const folder = fileURLToPath(new URL('testdata/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const update = process.env['UPDATE'] === '1';

/** Plays a script; the output of each command. */
function play(text: string): { line: number; expected: string; output: string }[] {
  const group = new ScriptGroup();
  return parseScript(text).map((directive) => {
    try {
      return { line: directive.line, expected: directive.expected, output: group.run(directive) };
    } catch (error) {
      throw new Error(`line ${directive.line}: ${(error as Error).message}`);
    }
  });
}

describe('scenario scripts', () => {
  it.each(names)('%s', (name) => {
    const text = readFileSync(`${folder}${name}`, 'utf8');
    const results = play(text);
    if (update) {
      writeFileSync(
        `${folder}${name}`,
        rewriteScript(
          text,
          results.map(({ output }) => output),
        ),
      );
      return;
    }
    for (const { line, expected, output } of results)
      expect(output, `${name}:${line} (UPDATE=1 rewrites)`).toBe(expected);
  });

  it('are there where the table of etcd-io/raft names them', () => {
    const table = readFileSync(`${folder}README.md`, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(table.length).toBeGreaterThan(20);
    const named = table.flatMap((line) =>
      [...(line.split('|')[2] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => `${name}.txt`),
    );
    expect(named.length).toBeGreaterThan(table.length);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are the same on every run', () => {
    for (const name of names) {
      const text = readFileSync(`${folder}${name}`, 'utf8');
      expect(play(text)).toEqual(play(text));
    }
  });

  it('fail where an output differs, and are rewritten only in their outputs', () => {
    const text = '# A comment.\nadd-nodes 1\n----\nwrong\n\ncampaign n1 quiet\n----\nok\n';
    const results = play(text);
    expect(results.map(({ expected, output }) => expected === output)).toEqual([false, true]);
    expect(rewriteScript(text, ['one\ntwo', 'ok'])).toBe(text.replace('wrong', 'one\ntwo'));
    expect(() => parseScript('campaign n1\nok\n')).toThrow('line 1');
  });
});
