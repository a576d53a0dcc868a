/** Bits of a message's `sysFlag` (MessageSysFlag.java). */
export const SysFlag = {
  COMPRESSED: 0x1,
  MULTI_TAGS: 0x2,
  TRANSACTION_PREPARED: 0x4,
  TRANSACTION_COMMIT: 0x8,
  TRANSACTION_ROLLBACK: 0xc,
  /** Both transaction bits. */
  TRANSACTION_MASK: 0xc,
  BORN_HOST_V6: 0x10,
  STORE_HOST_V6: 0x20,
  NEED_UNWRAP: 0x40,
  INNER_BATCH: 0x80,
  COMPRESSION_LZ4: 0x100,
  COMPRESSION_ZSTD: 0x200,
  COMPRESSION_ZLIB: 0x300,
  COMPRESSION_MASK: 0x700,
} as const;

/** Permission bits of a topic or broker (PermName.java). */
export const Permission = { INHERIT: 0x1, WRITE: 0x2, READ: 0x4 } as const;

/** The form in which tools print permissions, such as `RW-`. */
export function permissionText(perm: number): string {
  return `${perm & Permission.READ ? 'R' : '-'}${perm & Permission.WRITE ? 'W' : '-'}${perm & Permission.INHERIT ? 'X' : '-'}`;
}
