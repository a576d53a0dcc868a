import type { FileView } from '../replica/file-view.ts';
import type { SimDiskImage } from './sim-disk-image.ts';

/** Files on a machine as programs there see them. */
export class ImageFiles implements FileView {
  readonly #image: SimDiskImage;

  constructor(image: SimDiskImage) {
    this.#image = image;
  }

  names(directory: string): string[] {
    const prefix = `${directory}/`;
    const names = new Set<string>();
    for (const path of this.#image.files.keys()) {
      if (!path.startsWith(prefix)) continue;
      const end = path.indexOf('/', prefix.length);
      names.add(path.slice(prefix.length, end < 0 ? undefined : end));
    }
    return [...names];
  }

  read(path: string, from: number, length: number): Buffer {
    const file = this.#image.files.get(path);
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, (file?.size ?? 0) - from)));
    file?.read(bytes, from);
    return bytes;
  }
}
