import { watch } from 'node:fs';
import { createHost } from './taskRig.ts';

/** A host that applies the change of a job, and is killed as soon as the first of its files is there. */
const [repository = '', stateHome = '', job = ''] = process.argv.slice(2);
watch(repository, (_, name) => {
  if (name === 'f000.txt') process.kill(process.pid, 'SIGKILL');
});
await createHost(repository, stateHome).changes.apply({ job, repository });
