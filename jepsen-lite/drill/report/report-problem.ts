import { type Schema, schemaProblem } from '../plan/schema.ts';
import { REPORT_FORMAT } from './drill-report.ts';

const REMEDY = 'name the folder of a run, or its report.json';

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };

/** These keys have to be there, and others may be. */
function keys(properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    properties: { ...optional, ...properties },
    required: Object.keys(properties),
    additionalProperties: {},
  };
}

function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

const sends = keys({ acknowledged: number, perSecond: number, p99Ms: number });

/** What was not measured is not there. */
const figures = {
  rtoMs: number,
  detectMs: number,
  electMs: number,
  serveMs: number,
  failedForMs: number,
  longestStallMs: number,
  lagDrainMs: number,
  failedSends: number,
  lost: number,
  duplicates: number,
  ownPauseMs: number,
};

const brokerKeys = keys({
  changed: listOf(keys({ key: text, values: { type: 'object', additionalProperties: text } }, { usual: text })),
  silent: listOf(text),
});

/** The part of a report that comparisons read. */
const reportSchema = keys(
  {
    plan: keys({
      name: text,
      target: keys({ kind: text }),
      load: keys({}),
      steady: keys({}),
      phases: listOf(keys({ faults: listOf(keys({ kind: text })) })),
      recoverMs: number,
      expect: keys({ rtoFrom: text }),
    }),
    versions: { type: 'object', additionalProperties: text },
    machine: text,
    startedAt: text,
    target: text,
    outcome: text,
    trials: listOf(
      keys({ record: keys({}, { isCutShort: { type: 'boolean' } }), calm: sends, hurt: sends, after: sends }, figures),
    ),
    hypotheses: listOf(keys({ text, measured: text, holds: {} })),
    verdicts: listOf(keys({ checker: text })),
  },
  { brokerKeys },
);

/** Why this is no report that can be compared, in one sentence; undefined if it is one. Reports of before 2026-11-29 have no number: their shape tells. */
export function reportProblem(report: unknown): string | undefined {
  if (typeof report !== 'object' || report === null) return `this is no report of a drill; ${REMEDY}`;
  const { format } = report as { readonly format?: unknown };
  if (format !== undefined && format !== REPORT_FORMAT)
    return `this report has the format ${JSON.stringify(format)}, and only ${REPORT_FORMAT} can be compared here; play its drill again`;
  const problem = schemaProblem(reportSchema, report);
  return problem === undefined ? undefined : `this is no report of a drill (${problem}); ${REMEDY}`;
}
