import { STOP_GRACE_MS } from '../group.ts';
import { openGroup } from '../start-group.ts';

/** Stops what runs of the group in a folder; the data stay. */
export async function stop(dir: string): Promise<number> {
  const group = openGroup(dir);
  const running = group?.running() ?? [];
  if (group === undefined || running.length === 0) {
    console.log(`Nothing of a group in ${dir} runs.`);
    group?.close();
    return 0;
  }
  console.log(`Stopping ${running.join(', ')} ...`);
  const outcomes = await group.stopAll();
  group.close();
  const killed = [...outcomes].filter(([, outcome]) => outcome === 'killed').map(([name]) => name);
  if (killed.length > 0) {
    console.error(`${killed.join(', ')} did not end within ${STOP_GRACE_MS / 1000} s and had to be killed.`);
    return 1;
  }
  console.log('Stopped. The data are kept: start goes on with them, clean removes them.');
  return 0;
}
