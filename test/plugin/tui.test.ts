import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { claudeVersions } from '../support/binaries.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { sampleFinding, sampleReport } from '../unit/bridge/samples.ts';
import { type Rig, createRig, modelWords } from './rig.ts';
import { type Terminal, whyNoTmux, openTerminal } from './tmux.ts';

/** Some text of the empty prompt, in both versions. */
const ready = /\? for shortcuts|auto mode on/;

const noTmux = await whyNoTmux();

for (const claudeVersion of claudeVersions) {
  describe(`typed into Claude Code ${claudeVersion}`, { skip: noTmux ?? false }, () => {
    let rig: Rig;
    let terminal: Terminal;
    before(async () => {
      rig = await createRig(claudeVersion);
      await rig.plugin.install(rig.bridge.discoveryFile ?? '');
    });
    after(() => rig.dispose());
    beforeEach(async () => {
      rig.service = new FakeService();
      // As in the integrated terminal, where the window's file is named.
      const env = { ...rig.env, TANDEM_HOST: rig.bridge.discoveryFile ?? '' };
      terminal = await openTerminal({ file: rig.claude, cwd: rig.work, env });
      await terminal.waitFor(ready);
    });
    afterEach(() => terminal.dispose());

    async function enter(command: string): Promise<void> {
      await terminal.type(command);
      // Enter on a half-drawn suggestion list would take another command.
      await terminal.waitFor(new RegExp(`❯\\s${command}`));
      await terminal.press('Enter');
    }

    test('/codex:review shows the report itself, then the model’s words', async () => {
      rig.service.report = sampleReport([
        sampleFinding(),
        sampleFinding({ title: 'Close the file', priority: 'P3' }),
      ]);
      await enter('/codex:review --base main');
      const screen = await terminal.waitFor(new RegExp(modelWords));
      for (const words of ['[P1] Check the category: src/transactions.ts:12', '[P3] Close the file'])
        assert.ok(screen.includes(words), screen);
      assert.ok(screen.indexOf('Check the category') < screen.indexOf(modelWords), screen);
      assert.equal(
        rig.model.requests.at(-1)?.turnText.includes('<tandem-report job="review-1234abcd">'),
        true,
      );
    });

    test('/codex:status shows the answer, and the model is not asked', async () => {
      const asked = rig.model.requests.length;
      await enter('/codex:status');
      await terminal.waitFor(new RegExp(rig.service.markdown.status));
      assert.equal(rig.model.requests.length, asked);
    });

    test('Esc stops the waiting, gives the prompt back and keeps the review', async () => {
      rig.service.report = undefined;
      await enter('/codex:review');
      await terminal.waitFor(/esc to interrupt/);
      const deadline = Date.now() + 20_000;
      while (rig.service.waits.length === 0 && Date.now() < deadline) await terminal.screen();
      await terminal.press('Escape');
      await terminal.waitFor(/❯\s\/codex:review/);
      assert.deepEqual(rig.service.cancelled, []);
      assert.equal(rig.service.waits.length, 1);
    });
  });
}
