import { fastTry } from '../launch/fast-try/fast-try.ts';

process.exitCode = await fastTry(process.argv.slice(2));
