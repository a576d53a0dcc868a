import { parseArgs } from 'node:util';
import type { Engine } from '../sim/event-loop.ts';
import { run } from '../sim/run.ts';

const engine: Engine = {
  drain: (step) => queueMicrotask(() => process.nextTick(step)),
  breathe: (step) => {
    setImmediate(step);
  },
};

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    nodes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

process.on('unhandledRejection', (error) => {
  if (!String(error).includes('this process has crashed')) console.error('unhandled', error);
});

const from = Number(values.seed ?? 1);
const count = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = from; seed < from + count; seed++) {
  const startedAt = performance.now();
  const result = await run({
    seed,
    nodes: Number(values.nodes),
    durationMs: Number(values.minutes) * 60_000,
    engine,
    traceSink: values.trace
      ? (atMicros, node, what, a, b) => console.log(`${(atMicros / 1000).toFixed(3)}\t${node}\t${what}\t${a}\t${b}`)
      : undefined,
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const { violation, simulatedMs, events, committed, acknowledged, refused, unknown, leaderships, traceHash } = result;
  console.log(
    `seed ${seed}: ${violation === undefined ? 'ok' : `${violation.invariant} at ${violation.atMs}: ${violation.text}`} ${JSON.stringify({ events, committed, acknowledged, refused, unknown, leaderships, traceHash })} ${(simulatedMs / 1000 / seconds).toFixed(0)}x`,
  );
  if (violation !== undefined)
    for (const line of result.log.slice(-30))
      console.log(line.atMicros / 1000, line.node, line.level, line.message, JSON.stringify(line.fields));
}
