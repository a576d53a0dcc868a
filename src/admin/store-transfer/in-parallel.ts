/** Queues that are worked on at the same time. */
const WORKERS = 8;

/** Does the work for each of the inputs, several at a time; the outputs in the order of the inputs. The first error ends it. */
export async function inParallel<Input, Output>(
  inputs: readonly Input[],
  work: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = new Array(inputs.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < inputs.length) {
      const index = next++;
      outputs[index] = await work(inputs[index] as Input);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WORKERS, inputs.length) }, worker));
  return outputs;
}
