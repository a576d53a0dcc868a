import { execFile } from 'node:child_process';

const TIMEOUT_MS = 30_000;

/** Runs a command of this machine; rejects with a sentence that holds what it complained about. */
export function runCommand([command = '', ...args]: readonly string[], timeout = TIMEOUT_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${[command, ...args].join(' ')}: ${stderr.trim().split('\n')[0] || error.message}`));
    });
  });
}
