/** One line that says what is being waited for: rewritten in place on a terminal, printed once elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = '';

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** Shows a text; the same text again changes nothing. */
  show(text: string): void {
    if (text === this.#shown) return;
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${text}`);
    else this.#stream.write(`${text}\n`);
    this.#shown = text;
  }

  /** Takes the line away, so that others can print. */
  clear(): void {
    if (this.#shown !== '' && this.#stream.isTTY) this.#stream.write('\r\x1b[K');
    this.#shown = '';
  }
}
