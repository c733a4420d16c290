import type { Answerer } from '../jobs/agent.ts';
import type { Headless } from './headless.ts';

/** Claude answers questions: one read-only run each. It keeps no sessions, so that the prompt says what has to be known. */
export function claudeAnswers(headless: Headless): Answerer {
  return async (request, context) => {
    const { repository, folder, model, effort, schema } = request;
    const asked = {
      repository,
      folder,
      prompt: request.prompt(false),
      model,
      effort,
      rights: 'read',
    } as const;
    const form = schema === undefined ? {} : { schema };
    const { text, texts, commands, observations } = await headless.run({ ...asked, ...form }, context);
    return { text, rawText: texts.length === 0 ? text : texts.join('\n\n'), commands, observations };
  };
}
