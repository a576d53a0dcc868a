import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillReport } from './drill-report.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { markdownOf } from './markdown.ts';
import { timelineFile } from './timeline-svg.ts';

/** Leaves a report in a folder in every form, and a drawing of each trial; returns the names of the reports. */
export function writeReports(report: DrillReport, folder: string): string[] {
  const files = {
    'report.html': htmlOf(report),
    'report.md': markdownOf(report),
    'report.json': `${JSON.stringify(report, undefined, 1)}\n`,
    'junit.xml': junitOf(report),
  };
  const drawings = report.trials.map((trial) => {
    return [`trial-${trial.record.number}.svg`, timelineFile(trial)] as const;
  });
  for (const [name, text] of [...Object.entries(files), ...drawings]) writeFileSync(join(folder, name), text);
  return Object.keys(files);
}
