/** Label names and values of one sample. */
export type Labels = Readonly<Record<string, string | number | boolean>>;

/** One metric with all its samples (Prometheus text format 0.0.4). */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A gauge with a single value, or with `samples`. */
export function gauge(name: string, help: string, samples: number | readonly Sample[]): MetricFamily {
  return { name, type: 'gauge', help, samples: typeof samples === 'number' ? [{ value: samples }] : samples };
}

/** A counter; its name ends in `_total`. */
export function counter(name: string, help: string, samples: number | readonly Sample[]): MetricFamily {
  return { name, type: 'counter', help, samples: typeof samples === 'number' ? [{ value: samples }] : samples };
}

/** The text that Prometheus scrapes. `common` labels stand on every sample; families without samples are left out. */
export function formatMetrics(families: readonly MetricFamily[], common: Labels = {}): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${formatLabels({ ...common, ...labels })} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
