import { countText } from '../plan/count-text.ts';
import { type DrillReport, figureRows, figureText } from './drill-report.ts';

/** What became of one drill of a game day. */
export interface GameDayResult {
  /** Its name. */
  readonly drill: string;
  readonly outcome: DrillReport['outcome'] | 'failed itself' | 'not played';
  /** Why it could not be played, where it failed itself. */
  readonly why?: string;
  readonly report: DrillReport | undefined;
  /** Where its reports are. */
  readonly folder: string | undefined;
}

const FIGURES = ['RTO', 'failed sends', 'lost (RPO)', 'duplicates'];

/** A game day as a table, in Markdown. */
export function gameDayText(name: string, results: readonly GameDayResult[]): string {
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  const head = ['drill', 'outcome', 'trials', ...FIGURES.map((figure) => `${figure}, p95`), 'reports'];
  const rows = [head, head.map(() => '---'), ...results.map(cellsOf)];
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return `${[`# Game day ${name}: ${passed} of ${countText(results.length, 'drill')} passed`, '', ...lines].join('\n')}\n`;
}

function cellsOf({ drill, outcome, why, report, folder }: GameDayResult): string[] {
  const word = outcome === 'passed' ? outcome : `**${outcome}**`;
  const reason = why ?? report?.why;
  const rows = figureRows(report?.trials ?? []);
  const figures = FIGURES.map((name) => {
    const row = rows.find((each) => each.name === name);
    return row?.spread === undefined ? '' : figureText(row.spread.p95, row);
  });
  const told = reason === undefined ? word : `${word}: ${reason.replace(/\|/g, '\\|').replace(/\s+/g, ' ')}`;
  return [drill, told, String(report?.trials.length ?? 0), ...figures, folder ?? ''];
}
