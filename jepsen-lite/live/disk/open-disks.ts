import type { Ailing } from '../chaos/ailing.ts';
import type { Undoer } from '../watchdog/watchdog.ts';
import type { FullDisks } from './full-disks.ts';
import { QuotaDisks } from './quota-disks.ts';
import { TmpfsDisks } from './tmpfs-disks.ts';

export interface OpenDisksOptions {
  /** Folders of the members' stores, by name; nothing is in them yet. */
  readonly stores: ReadonlyMap<string, string>;
  /** Disks will have to be full: without that need no member's files lie in memory. */
  readonly areFilled: boolean;
  readonly watchdog: Undoer;
  readonly ailing: Ailing;
  readonly journal: (line: string) => void;
}

/** Disks that can be full: file systems of their own where this process may mount them, else a quota. */
export async function openDisks({
  stores,
  areFilled,
  watchdog,
  ailing,
  journal,
}: OpenDisksOptions): Promise<FullDisks> {
  if (!areFilled) return new QuotaDisks(ailing);
  try {
    const disks = await TmpfsDisks.mount(stores, watchdog, journal);
    journal(`full disks are made by ${disks.by}`);
    return disks;
  } catch (error) {
    const disks = new QuotaDisks(ailing);
    journal(`full disks are made by ${disks.by}, as no file system may be mounted: ${(error as Error).message}`);
    return disks;
  }
}
