import { playSeed } from './play-seed.ts';
import { endQuietlyWithoutReader } from './reader-gone.ts';
import type { SeedJob } from './seed-job.ts';

endQuietlyWithoutReader();

/** Processes of a world die in the middle of what they await: what they leave behind is nobody's error. */
process.on('unhandledRejection', (error) => {
  if (String(error).includes('this process has crashed')) return;
  console.error('A promise of a simulated process was rejected, and nobody looked:', error);
  process.exit(3);
});

// The run that this one plays for is over, or was interrupted.
process.on('disconnect', () => process.exit());

/** Answers each job with its report, until the parent has no more; a parent that was interrupted hears nothing any more, and that is nobody's error. */
process.on('message', (job) => {
  void playSeed(job as SeedJob).then((report) => process.send?.(report, () => process.connected || process.exit()));
});
