import { createServer } from 'node:net';

/** Below the range from which the system takes ports of its own accord. */
const first = 20_000;
const last = 30_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}

/** A base port such that base + each of the offsets is free now. */
export async function freePortBase(offsets: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = first + Math.floor((Math.random() * (last - first)) / 10) * 10;
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no free ports between ${first} and ${last}; stop what holds them`);
}
