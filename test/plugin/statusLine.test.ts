import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { budgetFile, budgetSchema } from '../../src/protocol/budget.ts';
import { waitFor } from '../engine/wait.ts';
import { says, withReplyHeaders } from '../models/messagesReply.ts';
import { claudeVersions } from '../support/binaries.ts';
import { createTempFolder } from '../support/temp.ts';
import { buildPlugin } from './builtPlugin.ts';
import { type ClaudeRig, createClaudeRig, enter, modelWords, version } from './rig.ts';
import { type Terminal, openTerminal, whyNoTmux } from './tmux.ts';

const noTmux = await whyNoTmux();

for (const claudeVersion of claudeVersions) {
  describe(`the status line of Claude Code ${claudeVersion}`, { skip: noTmux ?? false }, () => {
    const stateHome = createTempFolder('state').path;
    let rig: ClaudeRig;
    let terminal: Terminal;
    before(async () => {
      const program = path.join(await buildPlugin(version), 'tandem.mjs');
      rig = await createClaudeRig(claudeVersion, {
        account: 'subscription',
        env: { TANDEM_HOME: stateHome },
        settings: {
          statusLine: { type: 'command', command: `'${process.execPath}' '${program}' status-line` },
        },
      });
      // The line stands where the program's own hints are without one.
      const args = ['--permission-mode', 'default'];
      terminal = await openTerminal({ file: rig.claude, args, cwd: rig.work, env: rig.env });
      await terminal.waitFor(/❯[^]*\n {2}(?:Sonnet|Opus)/);
    });
    after(async () => {
      await terminal.dispose();
      await rig.dispose();
    });

    test('shows the limits that the answers tell, and Tandem knows them too', async () => {
      const reset = String(Math.floor(Date.now() / 1000) + 7_200);
      rig.script = () =>
        withReplyHeaders(says(modelWords), {
          'anthropic-ratelimit-unified-status': 'allowed',
          'anthropic-ratelimit-unified-reset': reset,
          'anthropic-ratelimit-unified-representative-claim': 'five_hour',
          'anthropic-ratelimit-unified-5h-utilization': '0.83',
          'anthropic-ratelimit-unified-5h-reset': reset,
          'anthropic-ratelimit-unified-7d-utilization': '0.21',
          'anthropic-ratelimit-unified-7d-reset': reset,
        });
      await enter(terminal, 'Hello');
      await terminal.waitFor(/5-hour limit 83 % used, resets .*weekly limit 21 % used/);
      const file = budgetFile(stateHome, 'claude');
      await waitFor('what Tandem keeps', () => existsSync(file));
      const { windows } = budgetSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      assert.deepEqual(
        windows.map(({ minutes, usedPercent }) => [minutes, usedPercent]),
        [
          [300, 83],
          [10_080, 21],
        ],
      );
    });
  });
}
