import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { says, usesTool } from '../models/messagesReply.ts';
import { claudeVersions } from '../support/binaries.ts';
import { createTempFolder } from '../support/temp.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { type Rig, createRig, modelWords } from './rig.ts';

const tool = 'mcp__plugin_codex_tandem__status';

for (const claudeVersion of claudeVersions) {
  describe(`Claude Code ${claudeVersion}, started where PATH has no Node`, () => {
    let rig: Rig;
    before(async () => {
      rig = await createRig(claudeVersion, { env: { PATH: createTempFolder('nothing').path } });
      await rig.plugin.install(rig.bridge.discoveryFile ?? '');
    });
    after(() => rig.dispose());

    /** Slash command and tool both reach the window. */
    async function bothWork(): Promise<void> {
      rig.service = new FakeService();
      const { result } = await rig.print('/codex:status');
      assert.ok(result.includes(rig.service.markdown.status), result);
      rig.script = ({ step, toolResults }) => (step === 0 ? usesTool(tool, {}) : says(toolResults.join()));
      const called = await rig.print('How do the jobs go?', '--allowedTools', tool);
      assert.ok(called.result.includes(rig.service.markdown.status), called.result);
      assert.deepEqual(
        rig.service.greetedClients.map(({ door, event }) => event ?? door),
        ['SessionStart', 'UserPromptExpansion', 'SessionEnd', 'SessionStart', 'mcp', 'SessionEnd'],
      );
    }

    test('the one that the installation found does', bothWork);

    test('without that, VS Code’s own runtime does', async () => {
      const runtime = path.join(rig.stateHome, 'claude-plugin', 'bin', 'runtime');
      const code = path.join(createTempFolder('code').path, 'code');
      const seen = `${code}.starts`;
      const script = `#!/bin/sh\n[ "$ELECTRON_RUN_AS_NODE" = 1 ] || exit 9\necho start >>"${seen}"\nexec "${process.execPath}" "$@"\n`;
      writeFileSync(code, script, { mode: 0o755 });
      writeFileSync(runtime, `/gone/node\n${code}\n`);
      await bothWork();
      assert.ok(readFileSync(seen, 'utf8').split('\n').length > 4);
    });

    test('without both, the commands say that their hook did not run, and nothing is asked', async () => {
      const runtime = path.join(rig.stateHome, 'claude-plugin', 'bin', 'runtime');
      writeFileSync(runtime, '\n\n');
      rig.service = new FakeService();
      rig.script = ({ turnText }) =>
        says(turnText.includes('hook of the plugin did not run') ? 'It did not.' : modelWords);
      const { result } = await rig.print('/codex:status');
      assert.equal(result, 'It did not.');
      assert.deepEqual(rig.service.greetedClients, []);
    });
  });
}
