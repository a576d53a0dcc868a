import type { VirtualDiskImage } from '../support/virtual-disk-image.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';

/** Files and folders below one directory, as they were. */
export interface DirectoryCopy {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly directories: readonly string[];
}

export function copyOf(image: VirtualDiskImage, directory: string): DirectoryCopy {
  const inside = (path: string): boolean => path === directory || path.startsWith(`${directory}/`);
  const files = [...image.files.keys()].filter(inside).map((path): [string, Buffer] => {
    return [path, Buffer.from(image.contentOf(path) ?? [])];
  });
  return { files: new Map(files), directories: [...image.directories].filter(inside) };
}

/** Puts a copy in the place of what is there; durable. */
export function putCopy({ disk }: VirtualPlatform, directory: string, copy: DirectoryCopy): void {
  disk.removeTree(directory);
  for (const path of copy.directories) disk.makeDirectory(path);
  for (const [path, bytes] of copy.files) {
    const file = disk.open(path, { create: true });
    file.writeSync(bytes, 0);
    file.syncNow();
    file.close();
  }
  for (const path of copy.directories) disk.syncDirectory(path);
}
