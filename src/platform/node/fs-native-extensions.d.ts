declare module 'fs-native-extensions' {
  /** Takes an exclusive kernel lock (OFD lock on Linux) on the whole file without waiting; false if somebody else holds one. */
  export function tryLock(fd: number): boolean;
}
