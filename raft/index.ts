export type * from './core/types.ts';
export type * from './driver/ports.ts';
