import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describeUndo, type Undo } from './undo.ts';

/** What a run tells its watchdog: before it does a thing, how to undo it; and when it has undone it itself. */
export type Order = { readonly add: number; readonly undo: Undo } | { readonly drop: number };

/** Numbers of the undo that the watchdog knows of from now on. */
export interface Noted {
  readonly noted: number;
}

export interface WatchOptions {
  /** Orders, one JSON text a line; its end, however it comes, is the end of the run. */
  readonly input: Readable;
  /** A `Noted` for each order that adds. */
  readonly output: Writable;
  readonly perform: (undo: Undo) => Promise<void>;
  /** One line for each thing that was left to undo. */
  readonly journal: (line: string) => void;
}

/** Waits for the end of the run, then undoes what is left, the latest first. A thing that cannot be undone keeps no other from it. */
export async function watch({ input, output, perform, journal }: WatchOptions): Promise<void> {
  const left = new Map<number, Undo>();
  for await (const line of createInterface({ input })) {
    const order = JSON.parse(line) as Order;
    if ('drop' in order) {
      left.delete(order.drop);
      continue;
    }
    left.set(order.add, order.undo);
    output.write(`${JSON.stringify({ noted: order.add } satisfies Noted)}\n`);
  }
  for (const undo of [...left.values()].reverse()) {
    try {
      await perform(undo);
      journal(`undone: ${describeUndo(undo)}`);
    } catch (error) {
      journal(`not undone: ${describeUndo(undo)}: ${(error as Error).message}`);
    }
  }
}
