import type { Platform } from '../../src/platform/ports.ts';
import type { ControllerConfig } from '../controller/config.ts';
import { Controller } from '../controller/controller.ts';
import { exitCodes } from './program.ts';
import { refuseStart } from './refuse-start.ts';

/** A controller that takes part in its group. Throws StartRefused for what people can mend. */
export async function startController(platform: Platform, config: ControllerConfig): Promise<Controller> {
  // What the brokers rest on is safe with the other controllers; going on with a failed disk or log would not be.
  const onFatal = (): never => process.exit(exitCodes.failed);
  try {
    const controller = new Controller(platform, config, onFatal);
    await controller.start();
    return controller;
  } catch (error) {
    refuseStart(error);
  }
}
