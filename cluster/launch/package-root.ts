import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder that holds `conf/` and `dist/bin/`: the checkout, or the installed package. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'conf', 'dledger'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('conf/dledger is missing; install LedgerMQ again');
    folder = above;
  }
  return folder;
}
