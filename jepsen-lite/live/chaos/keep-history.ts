import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AvailabilityOptions, checkAvailability } from '../../checker/availability.ts';
import { drawAvailability } from '../../checker/availability-svg.ts';
import type { History } from '../../checker/history.ts';
import { writeHistory } from '../write-history.ts';

/** Leaves in the folder of a run what its clients did and were told (`history.jsonl`), and how it went for their sends as a drawing (`availability.svg`). */
export function keepHistory(directory: string, history: History, limits: AvailabilityOptions, title: string): void {
  writeHistory(join(directory, 'history.jsonl'), history, { withDetails: true });
  writeFileSync(join(directory, 'availability.svg'), drawAvailability(checkAvailability(history, limits), title));
}
