import type { PortError } from '../../raft/index.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { ControllerConfig } from '../controller/config.ts';
import { Controller } from '../controller/controller.ts';
import { stopFatally } from './program.ts';
import { refuseStart } from './refuse-start.ts';

/** A controller that takes part in its group. Throws StartRefused for what people can mend. */
export async function startController(platform: Platform, config: ControllerConfig): Promise<Controller> {
  const onFatal = (error: PortError): never => stopFatally(platform, error);
  try {
    const controller = new Controller(platform, config, onFatal);
    await controller.start();
    return controller;
  } catch (error) {
    refuseStart(error);
  }
}
