import { existsSync } from 'node:fs';
import path from 'node:path';

/** The packaged extension: what a user installs is what is tested. `TANDEM_VSIX` names another one than `npm run package` writes. */
export function packagedExtension(): string {
  const file = process.env['TANDEM_VSIX'] ?? path.resolve(import.meta.dirname, '../../dist/tandem.vsix');
  if (!existsSync(file)) throw new Error(`${file} is not there: run \`npm run package\` first.`);
  return file;
}
