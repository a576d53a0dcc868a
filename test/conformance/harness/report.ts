import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a run has shown so far. Each check is printed when it is known. */
export class Report {
  #passed = 0;
  #failed = 0;
  readonly #notes: string[] = [];

  pass(name: string): void {
    this.#passed += 1;
    console.log(`ok - ${name}`);
  }

  fail(name: string, reason: string): void {
    this.#failed += 1;
    console.log(`not ok - ${name}`);
    console.log(reason.trimEnd().replace(/^/gm, '  # '));
  }

  check(name: string, complaints: readonly string[]): void {
    if (complaints.length === 0) this.pass(name);
    else this.fail(name, complaints.join('\n'));
  }

  /** A measured figure; repeated at the end. */
  note(text: string): void {
    this.#notes.push(text);
    console.log(`note - ${text}`);
  }

  /** Leaves the counts in a file, under the names that the test runner's report has. */
  write(file: string): void {
    const counts = { numPassedTests: this.#passed, numFailedTests: this.#failed, testResults: [] };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(counts)}\n`);
  }

  /** A run that checked nothing has failed. */
  finish(): boolean {
    for (const note of this.#notes) console.log(`note - ${note}`);
    if (this.#passed + this.#failed === 0) this.fail('anything', 'no check has run');
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0;
  }
}
