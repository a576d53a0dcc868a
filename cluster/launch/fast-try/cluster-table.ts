import type { Platform } from '../../../src/platform/ports.ts';

export async function clusterTable(_platform: Platform, _nameServer: string): Promise<string> {
  return '';
}
