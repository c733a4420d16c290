/**
 * What an agent is told when a task goes on after the program that ran it had ended in the middle of a turn. The task
 * itself stands there again, because the turn that held it may not have been stored.
 */
export function continueTask(task: string): string {
  return [
    'Your last turn was cut off because the program that ran you ended. Look at the files and at what you have',
    'already done, then go on with the task from there. Do not do twice what is done.',
    '',
    'The task:',
    '',
    task,
  ].join('\n');
}
