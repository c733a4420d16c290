import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../src/base/childProcess.ts';
import { repositoryFolder } from '../../src/base/paths.ts';
import type { ReviewOutput } from '../models/reviewOutput.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer } from '../models/responsesReply.ts';
import { type ClaudeVersion, claudeBinary, codexBinary } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { type JsonObject, objectOf } from '../support/json.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { type ClaudeRig, createClaudeRig, installWithoutWindow } from './rig.ts';

/** The whole line without a window: a real Claude Code, the plugin, a headless host for each call, and a real Codex. */
export interface LineRig extends ClaudeRig {
  readonly repository: TestRepository;
  readonly codexModel: ResponsesModel;
  codexScript: ModelScript;
  /** Runs the installed companion in a terminal. */
  tandem(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** What was asked of Codex, by the ids of the jobs. */
  orders(): Record<string, JsonObject>;
}

export async function createLineRig(claudeVersion: ClaudeVersion, more: Environment = {}): Promise<LineRig> {
  const repository = await createRepository({ committed: { 'a.ts': 'export const a = 1;\n' } });
  const codexModel = await startResponsesModel((request) => rig.codexScript(request));
  const codexHome = createCodexHome({ modelUrl: codexModel.url });
  const env = {
    CODEX_HOME: codexHome.codexHome,
    TANDEM_CODEX_PATH: codexBinary().native,
    TANDEM_CLAUDE_PATH: claudeBinary(claudeVersion).native,
    ...more,
  };
  const claudeRig = await createClaudeRig(claudeVersion, { work: repository.path, env });
  await installWithoutWindow(claudeRig);
  const disposeClaude = claudeRig.dispose.bind(claudeRig);
  const jobs = path.join(repositoryFolder(claudeRig.stateHome, repository.path), 'jobs');
  const companion = path.join(claudeRig.stateHome, 'claude-plugin', 'bin', 'tandem');
  const rig: LineRig = Object.assign(claudeRig, {
    repository,
    codexModel,
    codexScript: () => answer('Done.'),
    tandem: (...args: string[]) =>
      run(companion, args, { cwd: repository.path, env: claudeRig.env, timeout: 60_000 }),
    orders: () => readOrders(jobs),
    dispose: async () => {
      await disposeClaude();
      await codexModel.dispose();
      await codexHome.dispose();
      await repository.dispose();
    },
  });
  return rig;
}

function readOrders(folder: string): Record<string, JsonObject> {
  const suffix = '.order.json';
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(suffix)) : [];
  return Object.fromEntries(
    names.map((name) => [
      name.slice(0, -suffix.length),
      objectOf(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))),
    ]),
  );
}

/** A reviewer's answer: one finding in that file, or none. */
export function reviewOf(file: string | null): ReviewOutput {
  const finding = {
    title: '[P1] Two is too many',
    body: 'One was enough.',
    confidence_score: 0.9,
    priority: 1 as const,
    code_location: { absolute_file_path: file ?? '', line_range: { start: 1, end: 1 } },
  };
  return {
    findings: file === null ? [] : [finding],
    overall_correctness: file === null ? 'patch is correct' : 'patch is incorrect',
    overall_explanation: file === null ? 'Nothing is wrong with it.' : 'There are too many.',
    overall_confidence_score: 0.9,
  };
}
