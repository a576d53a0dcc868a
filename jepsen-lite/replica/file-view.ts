/** Files of a member, wherever they are. Nobody writes to them meanwhile. */
export interface FileView {
  /** Names of what is in a folder; none if there is no such folder. */
  names(directory: string): readonly string[];
  /** So many bytes of a file from a place on, or fewer where it ends before. */
  read(path: string, from: number, length: number): Buffer;
}

/** A file of a log that grows. */
export interface LogFile {
  readonly path: string;
  /** Position of its first byte. */
  readonly start: number;
}

/** Files of a log, from the first to the last. `directory` is `data` of a Raft log, `commitlog` of the native store, or a consume queue. */
export function logFiles(view: FileView, directory: string): LogFile[] {
  return view
    .names(directory)
    .filter((name) => /^\d{20}$/.test(name))
    .sort()
    .map((name) => ({ path: `${directory}/${name}`, start: Number(name) }));
}
