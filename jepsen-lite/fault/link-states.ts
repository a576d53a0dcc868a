import type { FaultWorld } from './fault-world.ts';

/** Cuts one way for so long. */
export function cutFor(cluster: FaultWorld, from: string, to: string, forMs: number): void {
  const { fabric } = cluster.world;
  fabric.cut(from, to);
  cluster.later(forMs, () => fabric.heal(from, to));
}

/** Cuts both ways for so long. */
export function cutBothFor(cluster: FaultWorld, one: string, other: string, forMs: number): void {
  cutFor(cluster, one, other, forMs);
  cutFor(cluster, other, one, forMs);
}

/** Every message between two machines takes a time between these for so long. */
export function slowFor(
  cluster: FaultWorld,
  one: string,
  other: string,
  times: { readonly lowMicros: number; readonly highMicros: number },
  forMs: number,
): void {
  const { fabric } = cluster.world;
  fabric.setLatency(one, other, times);
  fabric.setLatency(other, one, times);
  cluster.later(forMs, () => {
    fabric.setLatency(one, other);
    fabric.setLatency(other, one);
  });
}
