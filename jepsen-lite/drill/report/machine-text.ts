import { cpus, loadavg, platform, release } from 'node:os';

/** The machine of a measurement, in one line. */
export function machineText(): string {
  const all = cpus();
  const [load = 0] = loadavg();
  return `${all.length} × ${all[0]?.model ?? 'unknown processor'}, ${platform()} ${release()}, load ${load.toFixed(1)}`;
}
