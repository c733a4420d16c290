import { appendFileSync, writeFileSync } from 'node:fs';
import { format, stripVTControlCharacters } from 'node:util';
import Mocha from 'mocha';
import { countsVariable, reportVariable, type TestCounts } from './report.ts';

export interface MochaOptions {
  /** Of one test or hook, in ms. */
  readonly timeout?: number;
}

/**
 * Runs mocha inside an extension host. A suite's bundle exports
 * `export const run = () => runMocha([defineReviews, defineFindings]);`
 * where each function declares its tests with mocha's globals (`describe`, `it`, …).
 * `MOCHA_GREP` in the environment narrows the run.
 * @throws Error when a test failed, or none ran: the host turns that into exit code 1
 */
export async function runMocha(
  definitions: readonly (() => void)[],
  options: MochaOptions = {},
): Promise<void> {
  const report = process.env[reportVariable];
  if (report !== undefined) {
    // Mocha's symbols are coloured whatever its option says, where the environment asks for colours (CI does).
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) =>
      appendFileSync(report, `${stripVTControlCharacters(format(...args))}\n`);
  }
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: options.timeout ?? 60_000, color: false });
  const grep = process.env['MOCHA_GREP'];
  if (grep !== undefined && grep !== '') mocha.grep(grep);
  // What mocha does for a file it loads: put the globals in place, then let the tests be declared.
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  for (const define of definitions) define();
  const counts = await new Promise<TestCounts>((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending });
    });
  });
  const file = process.env[countsVariable];
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  if (counts.failed > 0)
    throw new Error(`${counts.failed} of ${counts.failed + counts.passed} tests failed.`);
  if (counts.passed === 0) throw new Error('No test ran.');
}
