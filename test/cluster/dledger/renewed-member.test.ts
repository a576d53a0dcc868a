import { expect, it } from 'vitest';
import { RenewedMember } from '../../../cluster/dledger/renewed-member.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

/** A member whose disk can be filled; `renew` begins it anew. */
function member() {
  const platform = createVirtualPlatform();
  const opened: number[] = [];
  const fatal: string[] = [];
  const disk = { error: undefined as string | undefined };
  let renew = (): void => {};
  const renewed = new RenewedMember(
    platform,
    (onRenew) => {
      if (disk.error !== undefined) throw Object.assign(new Error(`${disk.error}: /store`), { code: disk.error });
      renew = onRenew;
      opened.push(platform.world.nowMs);
      return { start: async () => {}, stop: async () => {} };
    },
    ({ code }) => fatal.push(code),
  );
  return { platform, opened, fatal, disk, renewed, renew: () => renew() };
}

it('waits on a full disk, says so, and begins anew when there is room', () => {
  const { platform, opened, fatal, disk, renew } = member();
  disk.error = 'ENOSPC';
  renew();
  platform.world.advance(2_500);
  expect(platform.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual(
    Array(3).fill(
      'error The disk is full: this member cannot begin anew with the snapshot of its leader. It goes on when there is room',
    ),
  );
  disk.error = undefined;
  platform.world.advance(1_000);
  expect([opened, fatal]).toEqual([[0, 3_000], []]);
});

it('does not begin anew behind a stop', async () => {
  const { platform, opened, disk, renewed, renew } = member();
  disk.error = 'ENOSPC';
  renew();
  await platform.world.settle(renewed.stop());
  disk.error = undefined;
  platform.world.advance(5_000);
  expect(opened).toHaveLength(1);
});

it('ends with any other error of the disk', () => {
  const { fatal, disk, renew } = member();
  disk.error = 'EIO';
  renew();
  expect(fatal).toEqual(['EIO']);
});
