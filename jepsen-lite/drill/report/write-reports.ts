import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillReport } from './drill-report.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { markdownOf } from './markdown.ts';

/** Leaves a report in a folder in every form; returns the names of the files. */
export function writeReports(report: DrillReport, folder: string): string[] {
  const files = {
    'report.html': htmlOf(report),
    'report.md': markdownOf(report),
    'report.json': `${JSON.stringify(report, undefined, 1)}\n`,
    'junit.xml': junitOf(report),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Object.keys(files);
}
