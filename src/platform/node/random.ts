import { randomBytes } from 'node:crypto';
import type { Random } from '../ports.ts';

/** The engine's generator for chance, the kernel's for identities. */
export const nodeRandom: Random = {
  uniform: () => Math.random(),
  below: (bound) => Math.floor(Math.random() * bound),
  bytes: (count) => randomBytes(count),
};
