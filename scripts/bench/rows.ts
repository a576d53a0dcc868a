import type { SendShape } from './load/send-load.ts';

/** A row of the result: one kind of load. Without a shape it reads the backlog. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly shape?: SendShape;
  /** The same load through our producer, where it takes another form: its threads share a connection, as RocketMQ's do. */
  readonly clientShape?: SendShape;
}

export const rows: readonly Row[] = [
  {
    name: 'sync64',
    title: '64 synchronous producers (64 connections, each waits for its answer)',
    shape: { connections: 64, inFlight: 1 },
    clientShape: { connections: 1, inFlight: 64 },
  },
  {
    name: 'flight1024',
    title: '1,024 in flight on 4 connections',
    shape: { connections: 4, inFlight: 256 },
  },
  { name: 'sync1', title: '1 synchronous producer', shape: { connections: 1, inFlight: 1 } },
  { name: 'consume', title: 'Consume from the backlog (8 queues, pulls of 32, 4 connections; times are of pulls)' },
];
