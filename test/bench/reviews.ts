import { AppServer } from '../../src/codex/appServer.ts';
import type { AppServerConnection } from '../../src/codex/connection.ts';
import { createPlainHost } from '../line/plainHost.ts';
import { findings, runs } from '../models/responsesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import { codexBinary } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { timeInTurns } from './sample.ts';

export interface ReviewTimes {
  /** The bare App Server: thread/start, review/start, turn/completed. Median, ms. */
  readonly bare: number;
  /** The same through Tandem: target, durable job, findings with places, ledger. Median, ms. */
  readonly tandem: number;
}

/** One review with an instant model, on a warm App Server of the real Codex, with and without Tandem around it. */
export async function measureReview(rounds: number): Promise<ReviewTimes> {
  const repository = await createRepository({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
  const output = {
    findings: [
      {
        title: '[P1] Two',
        body: 'It was one.',
        confidence_score: 0.9,
        priority: 1 as const,
        code_location: { absolute_file_path: `${repository.path}/a.ts`, line_range: { start: 1, end: 1 } },
      },
    ],
    overall_correctness: 'patch is incorrect' as const,
    overall_explanation: 'Wrong.',
    overall_confidence_score: 0.9,
  };
  const model = await startResponsesModel(({ step }) =>
    step === 0 ? runs('git diff HEAD') : findings(output),
  );
  const home = createCodexHome({ modelUrl: model.url });
  const codex = codexBinary().native;
  const host = createPlainHost({ codex, env: home.env, folders: [repository.path] });
  const quiet = () => undefined;
  const bare = new AppServer({
    executable: () => codex,
    version: '0.0.0',
    env: { ...home.env },
    folder: createTempFolder('bare').path,
    logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const times = await bare.use((connection) =>
    timeInTurns(
      { bare: () => bareReview(connection, repository.path), tandem: () => host.review(repository.path) },
      rounds,
    ),
  );
  await host.dispose();
  await bare.dispose();
  await model.dispose();
  await home.dispose();
  await repository.dispose();
  return times;
}

async function bareReview(connection: AppServerConnection, cwd: string): Promise<void> {
  const { thread } = await connection.request('thread/start', {
    cwd,
    sandbox: 'read-only',
    approvalPolicy: 'never',
  });
  const completed = new Promise<void>((resolve) => {
    const listening = connection.onNotification(({ method, params }) => {
      if (method !== 'turn/completed' || params.threadId !== thread.id) return;
      listening.dispose();
      resolve();
    });
  });
  await connection.request('review/start', { threadId: thread.id, target: { type: 'uncommittedChanges' } });
  await completed;
}
