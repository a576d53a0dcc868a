import type { LinkQuality } from '../proxy/link.ts';

/** The links among named parties, hurt by names. Cuts of several faults overlap: a way heals when the last of them is over. */
export interface Links {
  /** Nothing gets from `from` to `to` until as many calls of `heal` have come. */
  cut(from: string, to: string): void;
  heal(from: string, to: string): void;
  /** What is sent from `from` to `to` travels like this from now on; default: as on a perfect link. */
  setQuality(from: string, to: string, quality?: LinkQuality): void;
  /** All connections between the two break. */
  reset(a: string, b: string): void;
  healAll(): void;
  close(): void;
}
