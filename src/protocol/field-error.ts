const SHOWN_LENGTH = 40;

/** A header field that cannot be used. A value, not an exception: the receiver answers with `message`. */
export class FieldError {
  /** RocketMQ's name of the request code. */
  readonly command: string;
  /** The key as it travels. */
  readonly field: string;
  /** One sentence for the sender. */
  readonly message: string;

  constructor(command: string, field: string, problem: string, text?: string) {
    this.command = command;
    this.field = field;
    this.message = `${command}: header field ${field} ${problem}${text === undefined ? '' : `: ${JSON.stringify(shorten(text))}`}`;
  }
}

function shorten(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}
