import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { UsageError, UserError } from '../../src/base/errors.ts';
import { claudeVersions } from '../support/binaries.ts';
import { textOf } from '../support/json.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { sampleFinding, sampleReport } from '../unit/bridge/samples.ts';
import { type Printed, type Rig, createRig, modelWords } from './rig.ts';

for (const claudeVersion of claudeVersions) {
  describe(`slash commands in Claude Code ${claudeVersion}, without a terminal`, () => {
    let rig: Rig;
    before(async () => {
      rig = await createRig(claudeVersion);
      await rig.plugin.install(rig.bridge.discoveryFile ?? '');
    });
    after(() => rig.dispose());
    beforeEach(() => {
      rig.service = new FakeService();
    });

    /** Runs the command and gives the turns that the model was asked for. */
    async function type(prompt: string, ...flags: string[]): Promise<{ printed: Printed; turns: string[] }> {
      const seen = rig.model.requests.length;
      const printed = await rig.print(prompt, ...flags);
      assert.equal(printed.code, 0);
      return { printed, turns: rig.model.requests.slice(seen).map(({ turnText }) => turnText) };
    }

    test('the commands are there', async () => {
      const { printed } = await type('/codex:setup');
      const init = printed.events.find(({ subtype }) => subtype === 'init');
      const commands = JSON.stringify(init?.['slash_commands']);
      for (const name of ['codex:review', 'codex:status', 'codex:setup'])
        assert.ok(commands.includes(name), commands);
    });

    test('/codex:review gives the report to the model, once, and lets it speak', async () => {
      const { printed, turns } = await type('/codex:review --base main');
      assert.equal(turns.length, 1);
      const turn = turns[0] ?? '';
      const { markdown } = sampleReport();
      assert.ok(turn.includes(`<tandem-report job="review-1234abcd">\n${markdown}\n</tandem-report>`), turn);
      assert.match(turn, /Present every finding of the report/);
      assert.equal(printed.result, modelWords);
      assert.deepEqual(rig.service.started, [
        {
          origin: 'claude',
          params: { cwd: rig.work, target: { scope: 'branch', base: 'main' }, onDisconnect: 'keep' },
        },
      ]);
    });

    test('a long report reaches the model with every finding', async () => {
      const findings = Array.from({ length: 80 }, (_, index) =>
        sampleFinding({ title: `Finding number ${index}`, body: 'Why it matters. '.repeat(30) }),
      );
      rig.service.report = sampleReport(findings);
      const { turns } = await type('/codex:review');
      const turn = turns[0] ?? '';
      // What the program does to a text that is too long for it.
      assert.ok(!turn.includes('<persisted-output>'), turn.slice(-500));
      for (const { title } of findings) assert.ok(turn.includes(title), title);
      assert.ok(turn.includes('</tandem-report>'));
    });

    test('/codex:review --background answers with the job and without the model', async () => {
      rig.service.report = undefined;
      const { printed, turns } = await type('/codex:review --background');
      assert.deepEqual(turns, []);
      assert.match(printed.result, /review-1234abcd/);
      assert.deepEqual(rig.service.waits, []);
    });

    test('/codex:status and /codex:setup answer without the model', async () => {
      const status = await type('/codex:status review-12');
      assert.match(status.printed.result, new RegExp(rig.service.markdown.status));
      assert.deepEqual(rig.service.statusAsked, [{ cwd: rig.work, id: 'review-12' }]);
      const setup = await type('/codex:setup');
      assert.match(setup.printed.result, new RegExp(rig.service.markdown.setup));
      assert.deepEqual([...status.turns, ...setup.turns], []);
    });

    test('errors are told where they were asked for, with what to do', async () => {
      rig.service.failure = new UsageError('There is no branch nope.', 'Branches: main.');
      const usage = await type('/codex:review --base nope');
      assert.match(usage.printed.result, /There is no branch nope\.\nBranches: main\./);
      rig.service.failure = new UserError('Codex was not found.', 'Install it.');
      const failed = await type('/codex:review');
      assert.match(failed.printed.result, /Codex was not found\.\nInstall it\./);
      const wrong = await type('/codex:review --fast');
      assert.match(wrong.printed.result, /Unknown option '--fast'/);
      assert.deepEqual([...usage.turns, ...failed.turns, ...wrong.turns], []);
    });

    test('hostile arguments arrive byte by byte and run nothing', async () => {
      const base =
        '$(touch PWNED) `touch PWNED` "; touch PWNED; \' && node -e 1 > PWNED \\ !`touch PWNED` grüße\nnext line';
      const quoted = `"${base.replaceAll(/["\\]/g, '\\$&')}"`;
      for (const flags of [[], ['--permission-mode', 'bypassPermissions', '--allowedTools', 'Bash']]) {
        // As root the program refuses to bypass permissions, unless it is told that it is in a sandbox.
        rig.service = new FakeService();
        await type(`/codex:review --base ${quoted}`, ...(process.getuid?.() === 0 ? flags.slice(2) : flags));
        assert.deepEqual(rig.service.started[0]?.params.target, { scope: 'branch', base });
      }
      assert.deepEqual(readdirSync(rig.work), []);
    });

    test('without its hook the command says so and asks for no review', async () => {
      for (const command of ['review', 'status', 'setup']) {
        const { turns } = await type(`/codex:${command}`, '--settings', '{"disableAllHooks":true}');
        assert.equal(turns.length, 1);
        const turn = turns[0] ?? '';
        assert.ok(!turn.includes('<tandem-report job="review'), turn);
        assert.match(turn, /hook of the plugin did not run/);
        assert.match(turn, /not\s+run anything/);
      }
      assert.deepEqual([rig.service.started, rig.service.statusAsked], [[], []]);
    });

    test('the report is shown to a user too, where the program prints notices', async () => {
      const { printed } = await type('/codex:review');
      const notices = printed.events
        .filter(({ subtype }) => subtype === 'informational')
        .map(({ content }) => textOf(content).replaceAll('UserPromptExpansion says: ', ''));
      // 2.1.197 shows it in its TUI only.
      const expected = claudeVersion === '2.1.197' ? [] : [sampleReport().markdown];
      assert.deepEqual(notices, expected);
    });
  });
}
