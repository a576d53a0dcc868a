import type { Complaint } from './code-rules.ts';

/** Longest source file that still reads in one sitting. */
export const maxSourceLines = 400;

const isSource = (path: string) => /\.(ts|mjs|sh)$/.test(path);

/** Patterns that may stand in no text of the repository. They are put together here so that this file does not contain them. */
const bannedTexts: readonly [RegExp, string][] = [
  [new RegExp(`(^|[^\\w./-])/(${['work', 'root'].join('|')})(/|$)`), 'machine-path: a path of one machine'],
  [
    new RegExp(
      ['registry[.]npmjs', 'repo1?[.]maven', 'registry[.]yarnpkg', 'files[.]pythonhosted', 'proxy[.]golang'].join('|'),
    ),
    'registry-host: package clients know where their registry is',
  ],
  [/^(<{7}|>{7}|={7})( |$)/, 'merge-marker: a merge was left half done'],
];

/** Comments that switch a rule of the house off. */
const silencers = new RegExp(
  ['biome', '-ignore(-all|.*(noRestricted|noCommonJs|useNodejsImport|noConsole))', '|@ts', '-(ignore|nocheck)'].join(
    '',
  ),
);

/** Checks one text file line by line; `path` is relative to the repository's root. */
export function textComplaints(path: string, text: string): Complaint[] {
  const lines = text.split('\n');
  const complaints: Complaint[] = [];
  lines.forEach((content, index) => {
    for (const [pattern, rule] of bannedTexts)
      if (pattern.test(content)) complaints.push({ file: path, line: index + 1, rule });
    if (isSource(path) && silencers.test(content)) {
      complaints.push({ file: path, line: index + 1, rule: 'silencer: a law of the house may not be switched off' });
    }
  });
  if (isSource(path) && lines.length - 1 > maxSourceLines) {
    complaints.push({ file: path, line: maxSourceLines, rule: `long-file: over ${maxSourceLines} lines` });
  }
  return complaints;
}
