import { openGroup } from '../start-group.ts';

/** Removes what a stopped group left in its folder. */
export async function clean(dir: string): Promise<number> {
  const group = openGroup(dir);
  if (group === undefined) {
    console.log(`There is no group in ${dir}.`);
    return 0;
  }
  const running = group.running();
  group.close();
  if (running.length > 0) {
    console.error(`${running.join(', ')} run in ${dir}; stop first.`);
    return 1;
  }
  group.folder.remove();
  console.log(`Removed data, logs and configuration in ${dir}.`);
  return 0;
}
