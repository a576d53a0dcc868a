/** Bytes that are not a remoting frame. A value, not an exception: there is no answer to it, the connection must be closed. */
export class FrameError {
  readonly kind: 'length' | 'header';
  /** One sentence for the log. */
  readonly message: string;

  constructor(kind: 'length' | 'header', message: string) {
    this.kind = kind;
    this.message = message;
  }
}
