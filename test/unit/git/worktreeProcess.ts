import { once } from 'node:events';
import path from 'node:path';
import { checkOutFrozen, freeze } from '../../../src/git/frozen.ts';
import { removeWorktree } from '../../../src/git/worktree.ts';
import { options } from './fixture.ts';

/** A host that takes worktrees of a repository and gives them back, once it is told to. */
const [repository = '', folder = '', times = ''] = process.argv.slice(2);
const state = await freeze(repository, options);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let time = 0; time < Number(times); time += 1) {
  const worktree = path.join(folder, `${process.pid}-${time}`);
  await checkOutFrozen(repository, worktree, state, options);
  await removeWorktree(repository, worktree, options);
}
process.exit();
