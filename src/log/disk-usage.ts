import type { Disk } from '../platform/ports.ts';

/** How full the disk that holds a directory is: used per cent of what this process may use, as df tells it (UtilAll.java, getDiskPartitionSpaceUsedPercent). */
export function diskUsage(disk: Disk, directory: string): { readonly usedPercent: number; readonly freeBytes: number } {
  const { freeBytes, totalBytes } = disk.space(directory);
  return { usedPercent: totalBytes === 0 ? 0 : (1 - freeBytes / totalBytes) * 100, freeBytes };
}
