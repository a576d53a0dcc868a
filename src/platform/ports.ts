/**
 * The world that a program of LedgerMQ lives in. Every part receives it as an argument, so that the same code runs on Node
 * (`platform/node`) and in the simulator. Nothing outside the platform's implementations touches clocks, chance, disk or network.
 */
export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly logger: Logger;
  /** What the process may tell about itself: shown in status, metrics and message ids; never steers behaviour. */
  readonly process: ProcessInfo;
}

export interface ProcessInfo {
  readonly pid: number;
  /** Resident set size in bytes; 0 where unknown. */
  residentBytes(): number;
  /** CPU time used since the start, in microseconds; 0 where unknown. */
  cpuMicros(): number;
  /**
   * Identity of the running kernel boot (Linux: /proc/sys/kernel/random/boot_id), or undefined where it cannot be known: a
   * different or unknown boot means that the page cache may have been lost.
   */
  bootId(): string | undefined;
}

export interface Clock {
  /** Wall time in whole milliseconds since the epoch; may jump. Only for what people and clients see. */
  nowMs(): number;
  /** Monotonic time in milliseconds with a fraction; the only time for timeouts, elections and rates. */
  monotonicMs(): number;
  /** Hour of the day (0 to 23) by wall time, in the time zone of the machine. */
  localHour(): number;
}

/** An opaque handle of a pending timer. */
export type Timer = { readonly timer: unique symbol } | object;

export interface Timers {
  /** Calls `callback` once after `delayMs` (>= 0), late rather than early; against `Clock.monotonicMs` it may be early by less than 1 ms. */
  after(delayMs: number, callback: () => void): Timer;
  /** Calls `callback` every `periodMs` until cancelled; a late call is not made up for. */
  every(periodMs: number, callback: () => void): Timer;
  /** Cancels; a timer that already fired or was cancelled is ignored. */
  cancel(timer: Timer): void;
  /**
   * Calls `callback` once at the end of the current turn of the event loop, after the I/O callbacks that are ready now: the place
   * where work of one turn is put together into one batch. Called in the order of registration; what is registered meanwhile runs at
   * the end of the next turn. Keep one prebuilt callback, never a closure per message.
   */
  endOfTurn(callback: () => void): void;
  /**
   * Calls `callback` once behind the `endOfTurn` callbacks of the current turn, and behind what they do: the place where the output of a turn
   * is sent, so that nothing that is ready waits for another turn. Called in the order of registration; what is registered meanwhile runs in the next turn.
   */
  lastInTurn(callback: () => void): void;
}

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform whole number in [0, bound). */
  below(bound: number): number;
  /** `count` random bytes (for identities; not for secrets). */
  bytes(count: number): Buffer;
}

/** An I/O error as a value: `code` is the errno name (`ENOENT`, `EIO`, `ENOSPC`, ...), `message` is for people. */
export interface DiskError {
  readonly code: string;
  readonly message: string;
}

/**
 * A file system. Synchronous calls are for start, recovery and small metadata; the steady state writes through the asynchronous
 * calls of `DiskFile`, so that a stalled disk never stops heartbeats. Synchronous calls throw an Error whose `code` is the errno name.
 */
export interface Disk {
  /** Opens for reading and writing; `create` makes a missing file (its directory must exist) and keeps the content of one that is there. Throws ENOENT etc. */
  open(path: string, options: { create: boolean }): DiskFile;
  exists(path: string): boolean;
  /** Names of the files and directories in a directory, sorted; an absent directory gives []. */
  list(directory: string): string[];
  /** Bytes of a whole file, or undefined if it does not exist. */
  readFile(path: string): Buffer | undefined;
  /**
   * Replaces a file so that after a crash the old or the new content is there: writes `path + '.tmp'`, fsyncs, renames over `path`,
   * fsyncs the directory. Synchronous: only for small files and rare events.
   */
  replaceFile(path: string, content: Uint8Array): void;
  /** Makes a directory and those above it, durably; one that is there is fine. */
  makeDirectory(path: string): void;
  /** Moves a file or directory, replacing a file at `to`; durable after `syncDirectory` of the directories of both. */
  rename(from: string, to: string): void;
  /** Removes a file; absent is fine. */
  remove(path: string): void;
  /** Removes a directory with all in it; absent is fine. */
  removeTree(path: string): void;
  /** Makes creations, renames and removals in the directory durable. */
  syncDirectory(path: string): void;
  /** What this process may use of the file system that holds `path`: free bytes, and those with what is used already. Blocks kept for the administrator are in neither, as in df. */
  space(path: string): { freeBytes: number; totalBytes: number };
  /**
   * Takes the exclusive lock of a store directory (file `lock` in it; the directory must exist), held until release or death of the
   * process; undefined if it is held already. Throws an Error that says so in one sentence where this machine cannot lock: then nothing may start.
   */
  lock(path: string): DirectoryLock | undefined;
}

export interface DirectoryLock {
  release(): void;
}

export interface DiskFile {
  /** The path it was opened with. */
  readonly path: string;
  /** Length in bytes (sparse parts counted). */
  size(): number;
  /** Reads into `target`; returns the number of bytes read (less at the end of the file). */
  readSync(target: Uint8Array, position: number): number;
  /** Like `readSync` off the event loop. `target` belongs to the file until `done`, which never comes within the call. */
  read(target: Uint8Array, position: number, done: (error: DiskError | undefined, bytesRead: number) => void): void;
  /** Writes all of `source` or throws. */
  writeSync(source: Uint8Array, position: number): void;
  /**
   * Writes all buffers one after another at `position`, in the pool. Short writes are continued inside until everything is written or
   * an error came: `written` counts the bytes that certainly reached the file. The buffers (and the array) must stay unchanged until
   * `done`, which never comes within the call.
   */
  write(
    buffers: readonly Uint8Array[],
    position: number,
    done: (error: DiskError | undefined, written: number) => void,
  ): void;
  /** fdatasync in the pool: covers the writes whose `done` came before this call. After an error the file's content is in doubt: never call it again as if nothing had happened. */
  sync(done: (error: DiskError | undefined) => void): void;
  /** fdatasync that blocks; throws. */
  syncNow(): void;
  /** Cuts or extends (sparsely, reading as zeros). */
  truncateSync(length: number): void;
  /** Calls made after close throw; writes in flight finish first. */
  close(): void;
}

export interface Network {
  /** IP addresses of this machine that others can reach: IPv4 first, no loopback and no link-local ones; may be empty. */
  localAddresses(): readonly string[];
  /** Starts to listen; `port` 0 takes a free one. Exactly one of the two results is reported, never within the call. */
  listen(
    address: Address,
    onConnection: (socket: Socket) => void,
    done: (result: Listener | NetworkError) => void,
  ): void;
  /**
   * Starts to connect; handlers are set before events can arrive. The first event is `onOpen`, or `onClose` if that failed. There is no
   * time limit: `destroy` gives up.
   */
  connect(address: Address, handlers: SocketHandlers): Socket;
}

export interface Address {
  /** Host name or IP literal without brackets; an IPv4 address mapped into IPv6 appears as IPv4. */
  readonly host: string;
  readonly port: number;
}

export interface NetworkError {
  readonly error: string;
  /** errno name, such as EADDRINUSE. */
  readonly code: string;
}

export interface Listener {
  /** Where it really listens (the port that was taken for 0). */
  readonly address: Address;
  /** Stops accepting; sockets that are open stay open. */
  close(done?: () => void): void;
}

export interface SocketHandlers {
  onOpen?(): void;
  /** `chunk` may be kept: its memory is not reused by the network. */
  onData(chunk: Buffer): void;
  /** All that was buffered has gone to the kernel, after `write` had returned false. */
  onDrain?(): void;
  /** Last event, exactly once, also after `end` and `destroy`; `reason` is undefined for a clean end. */
  onClose(reason: NetworkError | undefined): void;
}

export interface Socket {
  /** Accepted sockets have no handlers yet: set them in `onConnection`, synchronously. May be called again to hand the socket over to another owner. */
  setHandlers(handlers: SocketHandlers): void;
  /** The other side; of a socket that is still connecting, the address that was dialled. */
  readonly remote: Address;
  readonly local: Address;
  /** Bytes accepted by `write` that have not gone to the kernel. */
  readonly bufferedBytes: number;
  /**
   * Queues buffers for sending, in order, with one gathered write; false asks the caller to wait for `onDrain`. The buffers must stay
   * unchanged until they are sent (the array may be reused at once); on a socket that is closed or ending nothing happens. Allowed before `onOpen`.
   */
  write(buffers: readonly Uint8Array[]): boolean;
  /** Stops and restarts reading (back pressure). */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes now; what is queued is lost. `onClose` follows in a later turn. */
  destroy(): void;
}

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  child(fields: LogFields): Logger;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
