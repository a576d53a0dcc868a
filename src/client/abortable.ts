import { ClientError } from './errors.ts';

/** What calls take that are not hot. */
export interface AbortOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Rejects as `aborted` when the signal fires first; what was begun then ends unseen. `what` names the call. */
export function abortable<Result>(work: Promise<Result>, { signal }: AbortOptions, what: string): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new ClientError('aborted', `${what} was aborted by the caller`));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
