import type { Ended } from './child.ts';
import type { Report } from './report.ts';

/**
 * Takes over what a check program printed: a plan `1..N`, then `ok - NAME` or `not ok - NAME` followed by lines `# reason`.
 * Checks of the plan that never reported count as failed: a program that crashes does not pass.
 */
export function reportTap(report: Report, suite: string, ended: Ended): void {
  const lines = ended.output.split('\n');
  const planned = Number(/^1\.\.(\d+)$/m.exec(ended.output)?.[1] ?? 0);
  let seen = 0;
  lines.forEach((line, index) => {
    const match = /^(not )?ok - (.*)$/.exec(line);
    if (match === null) return;
    seen += 1;
    const name = `${suite}: ${match[2]}`;
    if (match[1] === undefined) report.pass(name);
    else report.fail(name, reasonBehind(lines.slice(index + 1)));
  });
  if (planned > 0 && seen >= planned) return;
  const how = ended.timedOut ? 'was killed at its time limit' : `ended with code ${ended.code}`;
  report.fail(`${suite}: complete`, `${seen} of ${planned} checks reported; the program ${how}\n${tail(ended.output)}`);
}

function reasonBehind(lines: readonly string[]): string {
  const end = lines.findIndex((each) => !each.startsWith('#'));
  return lines.slice(0, end < 0 ? lines.length : end).join('\n');
}

/** The last lines of an output, for a reason. */
export function tail(output: string, count = 15): string {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
