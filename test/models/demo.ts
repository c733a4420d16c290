import { createDemoClaude } from './demoClaude.ts';
import { createDemoCodex } from './demoCodex.ts';
import { startMessagesModel } from './messages.ts';
import { startResponsesModel } from './responses.ts';

/** Both stand-ins with the demo's fixed rules behind them: for `npm start`, where no account and no network is needed. */
export interface DemoModel {
  /** `modelUrl` for `createCodexHome`. */
  readonly responsesUrl: string;
  /** `modelUrl` for `createClaudeHome`. */
  readonly messagesUrl: string;
  dispose(): Promise<void>;
}

export interface DemoModelOptions {
  /** How long the model "thinks" before each answer, so that progress can be seen. Default 900. */
  readonly stepDelayMs?: number;
}

export async function startDemoModel({ stepDelayMs = 900 }: DemoModelOptions = {}): Promise<DemoModel> {
  const responses = await startResponsesModel(createDemoCodex(stepDelayMs));
  const messages = await startMessagesModel(createDemoClaude(stepDelayMs));
  return {
    responsesUrl: responses.url,
    messagesUrl: messages.url,
    dispose: async () => {
      await Promise.all([responses.dispose(), messages.dispose()]);
    },
  };
}
