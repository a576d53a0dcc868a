import type { Scene } from './scene.ts';

/** Between two looks. */
const LOOK_MS = 100;
/** Operations that end, a second of load, however. */
const LEAST_OPERATIONS = 20;
/** Operations that end well, a second of the time in which somebody serves: right after an outage clients are still on their way back. */
const LEAST_ACKNOWLEDGED = 10;
/** So much of the load somebody has to serve, less than what is served before the first fault: else there was nothing to judge. */
const LEAST_SERVED = 0.03;

/** What a run was given to judge. */
export interface LoadFigures {
  /** Part of the time with load in which somebody served, 0 to 1. */
  readonly served: number;
  /** Client operations that ended well, a second of that time. */
  readonly acknowledgedPerSecond: number;
}

/**
 * Counts what clients get done while somebody serves. An outage of the whole cluster is no time to work, nor is one in which no client reaches who serves, and an operation that is refused or remains unknown is no work: a run that counts
 * either has a load however little was done.
 */
export class WorkingLoad {
  readonly #scene: Pick<Scene, 'servesClients' | 'later'>;
  readonly #acknowledged: () => number;
  #looks = 0;
  #servedLooks = 0;
  #done = 0;
  #before = { serves: false, acknowledged: 0 };
  #ended = false;

  /** `acknowledged`: operations that ended well so far. */
  constructor(scene: Pick<Scene, 'servesClients' | 'later'>, acknowledged: () => number) {
    this.#scene = scene;
    this.#acknowledged = acknowledged;
  }

  /** Looks on until `end`. */
  begin(): void {
    this.#scene.later(LOOK_MS, () => {
      if (this.#ended) return;
      this.#look();
      this.begin();
    });
  }

  /** The load is over. */
  end(): LoadFigures {
    this.#ended = true;
    const servedSeconds = (this.#servedLooks * LOOK_MS) / 1_000;
    return {
      served: this.#looks === 0 ? 0 : this.#servedLooks / this.#looks,
      acknowledgedPerSecond: servedSeconds === 0 ? 0 : this.#done / servedSeconds,
    };
  }

  #look(): void {
    const now = { serves: this.#scene.servesClients(), acknowledged: this.#acknowledged() };
    this.#looks++;
    if (this.#before.serves && now.serves) {
      this.#servedLooks++;
      this.#done += now.acknowledged - this.#before.acknowledged;
    }
    this.#before = now;
  }
}

/** What is wrong with a load; undefined: it works. */
export function loadProblem(
  { served, acknowledgedPerSecond }: LoadFigures,
  operationsPerSecond: number,
): string | undefined {
  if (operationsPerSecond < LEAST_OPERATIONS)
    return `${operationsPerSecond.toFixed(1)} client operations a second ended`;
  if (served < LEAST_SERVED) return `somebody served in ${(served * 100).toFixed(1)} % of the time with load`;
  if (acknowledgedPerSecond >= LEAST_ACKNOWLEDGED) return undefined;
  return `${acknowledgedPerSecond.toFixed(1)} client operations a second ended well while somebody served`;
}
