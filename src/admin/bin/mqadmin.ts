import { mqadmin } from '../mqadmin.ts';
import { processSurroundings } from '../process-surroundings.ts';

process.exitCode = await mqadmin(process.argv.slice(2), processSurroundings());
