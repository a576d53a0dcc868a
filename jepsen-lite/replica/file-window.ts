import type { FileView } from './file-view.ts';

/** So much of a file is read at a time. */
export const PIECE_BYTES = 1 << 20;
/** No entry and no record is larger (`maxMessageSize` is 16 MB at most): a length beyond makes no sense. */
const MOST_BYTES = 1 << 26;

/** A file that is read from its start on, piece by piece, as far as somebody goes: what is never asked for, as the unwritten rest of a sparse file, costs nothing. */
export class FileWindow {
  readonly #view: FileView;
  readonly #path: string;
  #from = 0;
  #piece: Buffer = Buffer.alloc(0);

  constructor(view: FileView, path: string) {
    this.#view = view;
    this.#path = path;
  }

  /** So many bytes at this place, valid until the next call; undefined where the file ends before, or where no entry could be so long. */
  bytes(at: number, length: number): Buffer | undefined {
    if (length > MOST_BYTES) return undefined;
    if (at < this.#from || at + length > this.#from + this.#piece.length) {
      this.#piece = this.#view.read(this.#path, at, Math.max(length, PIECE_BYTES));
      this.#from = at;
    }
    const offset = at - this.#from;
    return offset + length > this.#piece.length ? undefined : this.#piece.subarray(offset, offset + length);
  }
}
