/** Stands in for the native `@vscode/fs-copyfile` (copy on write); without it the built-in git extension does not activate. */
import { constants, copyFileSync } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';

export const isCloneSupported = () => false;
export { constants, copyFile, copyFileSync, cp };
