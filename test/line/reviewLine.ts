import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { type CodexVersion, codexBinary } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { type RepositoryPlan, createRepository } from '../support/repository.ts';
import { createPlainHost } from './plainHost.ts';

/** A repository, a stand-in model and a host on the real App Server of that version. */
export async function setUpReview(
  version: CodexVersion,
  plan: RepositoryPlan,
  script: (repository: string) => ModelScript,
) {
  const repository = await createRepository(plan);
  const model = await startResponsesModel(script(repository.path));
  const home = createCodexHome({ modelUrl: model.url });
  const host = createPlainHost({
    codex: codexBinary(version).native,
    env: home.env,
    folders: [repository.path],
  });
  const dispose = async () => {
    await host.dispose();
    await model.dispose();
    await home.dispose();
    await repository.dispose();
  };
  return { repository, model, host, dispose };
}
