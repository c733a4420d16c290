import { continueTask } from '../../prompts/task/continue.ts';
import { withoutCommands } from '../../prompts/task/withoutCommands.ts';
import type { AgentContext, TaskAnswer, TaskRequest, TaskRunner } from '../jobs/agent.ts';
import type { Headless } from './headless.ts';
import type { RunState } from './streamFold.ts';

/**
 * Work delegated to Claude: one run, read-only or with leave to change files of its folder. It runs no commands and can't ask.
 * What it changed is seen by whoever gave it the folder.
 */
export class ClaudeTaskRunner implements TaskRunner {
  /** @param mayWrite whether the user lets tasks change files at all; read anew for each */
  constructor(
    private readonly headless: Headless,
    private readonly mayWrite: () => boolean,
  ) {}

  async run(
    { prompt, write, interrupted, repository, folder, model, effort }: TaskRequest,
    context: AgentContext,
    onPartial: (answer: TaskAnswer) => void,
  ): Promise<TaskAnswer> {
    const rights = write && this.mayWrite() ? 'edit' : 'read';
    const task = interrupted ? continueTask(prompt) : prompt;
    const asked = {
      repository,
      folder,
      prompt: withoutCommands(task, rights === 'edit'),
      model,
      effort,
      rights,
    } as const;
    const answer = await this.headless.run(asked, context, (state) => onPartial(partialOf(state)));
    const { texts, commands } = answer;
    return { summary: answer.text, changes: [], rawText: texts.join('\n\n'), commands };
  }
}

function partialOf({ texts, commands }: RunState): TaskAnswer {
  return { summary: texts.at(-1) ?? '', changes: [], rawText: texts.join('\n\n'), commands };
}
