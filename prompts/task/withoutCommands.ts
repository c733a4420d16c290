/** A task for an agent that has tools for files alone, with what it has to know of that. */
export function withoutCommands(task: string, canChange: boolean): string {
  const can = canChange
    ? 'read, search and change files of this folder'
    : 'read and search files of this folder';
  return [
    task,
    `---\nYou can ${can}, and nothing else: no commands, no network, and nobody who answers questions. Say in the end what you did, and what somebody has to run or check because you could not.`,
  ].join('\n\n');
}
