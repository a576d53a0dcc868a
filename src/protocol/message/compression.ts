import { deflateSync, inflateSync } from 'node:zlib';
import { SysFlag } from './flags.ts';

const LEVEL = 5;
/** Upper bound of what one body may become. */
const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

/** zlib form (RFC 1950) of a body, as all clients can read it; its flags are `COMPRESSED_FLAGS`. */
export function compressBody(body: Uint8Array): Buffer {
  return deflateSync(body, { level: LEVEL });
}

/** Bits that a sender sets on a body made by `compressBody`. */
export const COMPRESSED_FLAGS = SysFlag.COMPRESSED | SysFlag.COMPRESSION_ZLIB;

/** The plain body of a message: the same bytes if it is not compressed. Returns a sentence if it cannot be had. */
export function decompressBody(body: Buffer, sysFlag: number): Buffer | string {
  if ((sysFlag & SysFlag.COMPRESSED) === 0) return body;
  const type = sysFlag & SysFlag.COMPRESSION_MASK;
  if (type === SysFlag.COMPRESSION_LZ4) return 'the body is compressed with LZ4, which is not supported: use zlib';
  if (type === SysFlag.COMPRESSION_ZSTD) return 'the body is compressed with zstd, which is not supported: use zlib';
  if (type !== 0 && type !== SysFlag.COMPRESSION_ZLIB)
    return `the compression type ${type >> 8} of the body is not known`;
  try {
    return inflateSync(body, { maxOutputLength: MAX_DECOMPRESSED_BYTES });
  } catch (error) {
    return `the compressed body cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
