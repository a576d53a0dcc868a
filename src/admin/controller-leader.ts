import { getControllerMetadata } from '../protocol/command/get-controller-metadata.ts';
import type { OptionSpec } from './admin-command.ts';
import { AdminError } from './admin-error.ts';
import type { AdminSession } from './admin-session.ts';

export const controllerOption: OptionSpec = {
  short: 'a',
  long: 'controllerAddress',
  description: 'The address of a controller, eg: 192.168.0.1:9878',
  required: true,
};

/** Address of the controller that leads, as any of them tells; of a list the first one is asked. */
export async function controllerLeader(admin: AdminSession, addresses: string): Promise<string> {
  const [address = ''] = addresses.split(';');
  const { header } = await admin.ask(getControllerMetadata, address, {});
  if (header.controllerLeaderAddress !== undefined) return header.controllerLeaderAddress;
  throw new AdminError(
    `The controllers of ${address} have no leader now: a majority of them must run. Try again soon.`,
  );
}
