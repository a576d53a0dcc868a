import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import type { Verdict } from '../../../jepsen-lite/checker/verdict.ts';

/**
 * One input for a checker, and all that its verdict must say: every anomaly (told ones too, once each, sorted) and nothing else. A checker
 * that throws fails its test: a mutant must be caught by what it says.
 */
export type AnomalyCase<Input> = {
  readonly name: string;
  readonly input: Input;
  readonly valid: Verdict['valid'];
  readonly anomalies: readonly string[];
};

/** A mistake planted into a copy of a module: its name, and the text that stands in `file` exactly once and is replaced. */
export type Mutation = readonly [name: string, file: string, find: string, replace: string];

/** What the checker says wrongly, one line a case; empty = it is right about all. */
export function complaintsOf<Input>(check: (input: Input) => Verdict, cases: readonly AnomalyCase<Input>[]): string[] {
  return cases.flatMap(({ name, input, valid, anomalies }) => {
    const wanted = JSON.stringify([valid, anomalies]);
    const verdict = check(input);
    const said = JSON.stringify([verdict.valid, [...new Set(verdict.findings.map((f) => f.anomaly))].sort()]);
    return said === wanted ? [] : [`${name}: wanted ${wanted}, but it said ${said}`];
  });
}

const folder = new URL('../../../jepsen-lite/checker/', import.meta.url);

/** Loads the checker in `entry` with a mistake in it. */
export async function loadMutant<Module>(entry: string, [, file, find, replace]: Mutation): Promise<Module> {
  let planted = 0;
  const bundle = await rolldown({
    input: fileURLToPath(new URL(entry, folder)),
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        transform(code: string, id: string) {
          if (!id.endsWith(`/${file}`)) return null;
          planted += code.split(find).length - 1;
          return code.replace(find, () => replace);
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  if (planted !== 1) throw new Error(`"${find}" stands ${planted} times in ${file}, not once`);
  const scratch = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    const path = join(scratch, 'mutant.mjs');
    writeFileSync(path, output[0].code);
    return (await import(pathToFileURL(path).href)) as Module;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
