import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { resumeArgs } from '../../src/jobs/resumeCommand.ts';
import { waitFor } from '../engine/wait.ts';
import { startResponsesModel } from '../models/responses.ts';
import { answer } from '../models/responsesReply.ts';
import { openTerminal, whyNoTmux } from '../plugin/tmux.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { openConnection } from './directConnection.ts';
import { openThread, startTurn } from './supervised.ts';

const noTmux = await whyNoTmux();

for (const version of codexVersions)
  describe(`a thread of Codex ${version} in a terminal`, { skip: noTmux ?? false }, () => {
    const cleanUps: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    });

    test('goes on in the repository, also where the worktree in which it began is gone', async () => {
      const repository = await createRepository({ committed: { 'a.js': 'export const one = 1;\n' } });
      const model = await startResponsesModel(({ userText }) => answer(`Heard: ${userText.slice(-12)}`));
      const extraToml = `[projects.${JSON.stringify(repository.path)}]\ntrust_level = "trusted"`;
      const home = createCodexHome({ modelUrl: model.url, extraToml, model: 'stand-in' });
      cleanUps.push(...[repository, model, home].map((part) => () => part.dispose()));
      const codex = codexBinary(version).native;
      const worktree = createTempFolder('gone').path;
      const { connection, dispose } = await openConnection(codex, home.env);
      cleanUps.push(dispose);
      const threadId = await openThread(connection, worktree);
      const over = new Promise((resolve) =>
        connection.onNotification(({ method }) => {
          if (method === 'turn/completed') resolve(null);
        }),
      );
      await startTurn(connection, threadId);
      await over;
      await dispose();
      rmSync(worktree, { recursive: true });

      const args = resumeArgs(threadId, repository.path);
      const terminal = await openTerminal({ file: codex, args, cwd: repository.path, env: home.env });
      cleanUps.push(() => terminal.dispose());
      await terminal.waitFor(/Heard: /, 60_000);
      const isThere = () =>
        model.requests.some(({ body }) => {
          const told = JSON.stringify(body);
          return told.includes('And where now') && told.includes(`<cwd>${repository.path}</cwd>`);
        });
      await terminal.type('And where now');
      await terminal.waitFor(/And where now/, 30_000);
      // An Enter that follows the letters at once is taken for a part of pasted text.
      const isAsked = async () => isThere() || (await terminal.press('Enter'), isThere());
      await waitFor('a turn in the repository', isAsked, 30_000);
      assert.doesNotMatch(await terminal.screen(), /Choose working directory/);
    });
  });
