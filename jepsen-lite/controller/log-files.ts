import type { SimHost } from '../sim/sim-host.ts';

const FOLDER = '/store/commitlog/';
const pathOf = (start: number): string => `${FOLDER}${String(start).padStart(20, '0')}`;

/** A broker's log as it stands on its machine, past the product. */
export class LogFiles {
  readonly #host: SimHost;
  readonly #fileBytes: number;

  constructor(host: SimHost, fileBytes: number) {
    this.#host = host;
    this.#fileBytes = fileBytes;
  }

  /** Where the oldest file begins; 0 where there is none. */
  get begin(): number {
    const { files } = this.#host.image;
    if (files.has(pathOf(0))) return 0;
    const starts = [...files.keys()]
      .filter((path) => path.startsWith(FOLDER))
      .map((path) => Number(path.slice(FOLDER.length)));
    return starts.length === 0 ? 0 : Math.min(...starts);
  }

  /** Bytes as programs see them (`cache`) or as a power failure would leave them (`medium`); what is not there reads as zeros. */
  read(from: number, to: number, where: 'cache' | 'medium'): Buffer {
    const bytes = Buffer.alloc(to - from);
    for (let at = from; at < to; ) {
      const start = at - (at % this.#fileBytes);
      const end = Math.min(to, start + this.#fileBytes);
      const file = this.#host.image.files.get(pathOf(start));
      const piece = bytes.subarray(at - from, end - from);
      if (where === 'cache') file?.read(piece, at - start);
      else file?.readDurable(piece, at - start);
      at = end;
    }
    return bytes;
  }
}
