import { WrongArguments } from './arguments.ts';
import { endQuietlyWithoutReader } from './reader-gone.ts';

/** All is said and undone by then: clients of an interrupted run, whose brokers are gone, would go on asking for them for a minute. */
const LINGER_MS = 2_000;

/**
 * Runs a program to its exit code: what `main` says; 2 and a sentence for wrong arguments; 3 for whatever else it throws, of which people see the message alone where
 * `isForPeople`, else all there is.
 */
export async function endProgram(
  main: () => Promise<number>,
  isForPeople: (error: unknown) => error is Error = (_error): _error is Error => false,
): Promise<void> {
  endQuietlyWithoutReader();
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof WrongArguments) {
      console.error(`${error.message}. --help tells more.`);
      process.exitCode = 2;
    } else {
      console.error(isForPeople(error) ? error.message : error);
      process.exitCode = 3;
    }
  }
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
