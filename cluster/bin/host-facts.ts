import { homedir, hostname, networkInterfaces, totalmem } from 'node:os';
import type { HostFacts } from '../../src/broker/config/broker-config.ts';

/** What a configuration takes from the machine where it says nothing. */
export function hostFacts(): HostFacts {
  return { homeDirectory: homedir(), hostName: hostname(), ipAddress: firstIpv4(), memoryBytes: totalmem() };
}

/** First IPv4 address that is not a loopback one, as RocketMQ takes it. */
function firstIpv4(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}
