/** What Codex is told when a task begins on a copy of the thread of an earlier one. */
export function forkedTask(task: string): string {
  return [
    'This goes on from a copy of our conversation so far, in a folder of its own: the files are as they are in my working',
    'tree now. What you changed earlier may not be in them. Look at a file before you rely on what you remember of it.',
    '',
    'The task:',
    '',
    task,
  ].join('\n');
}
