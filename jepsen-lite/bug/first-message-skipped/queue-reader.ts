import type { PullSource } from '../../../src/client/consumer/pull-source.ts';
import { QueueReader as Real } from '../../../src/client/consumer/queue-reader.ts';
import type { MessageQueue } from '../../../src/client/message-queue.ts';

export type { QueueLimits, QueueReaderHandlers } from '../../../src/client/consumer/queue-reader.ts';

type Parts = ConstructorParameters<typeof Real>[2];

export class QueueReader extends Real {
  constructor(queue: MessageQueue, offset: number, parts: Parts) {
    super(queue, offset, { ...parts, pull: withoutFirst(parts.pull) });
  }
}

function withoutFirst(pull: PullSource): PullSource {
  return (request, done) =>
    pull(request, (outcome) => {
      if (outcome.kind === 'found') done({ ...outcome, messages: outcome.messages.slice(1) });
      else done(outcome);
    });
}
