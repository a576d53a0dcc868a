/** How the disks of members are made full. */
export interface FullDisks {
  /** By what means, in words. */
  readonly by: string;
  /** From now on the member's disk takes so many bytes more; the returned function ends that. */
  fill(name: string, freeBytes: number): Promise<() => Promise<void>>;
  /** There is room on all disks again. */
  healAll(): Promise<void>;
  /** No member runs any more: their files are where they were, on the disk of this machine. */
  close(): Promise<void>;
}
