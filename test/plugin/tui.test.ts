import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { goOn, rescueReply, startFresh } from '../models/messagesRescue.ts';
import { says, usesTool } from '../models/messagesReply.ts';
import type { MessagesRequest } from '../models/messagesRequest.ts';
import { claudeVersions } from '../support/binaries.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { sampleFinding, sampleReport, sampleTask } from '../unit/bridge/samples.ts';
import { type Rig, createRig, enter, modelWords } from './rig.ts';
import { type Terminal, whyNoTmux } from './tmux.ts';

const noTmux = await whyNoTmux();

for (const claudeVersion of claudeVersions) {
  describe(`typed into Claude Code ${claudeVersion}`, { skip: noTmux ?? false }, () => {
    let rig: Rig;
    let terminal: Terminal;
    before(async () => {
      rig = await createRig(claudeVersion, {
        settings: { permissions: { allow: ['mcp__plugin_codex_tandem__review'] } },
      });
      await rig.plugin.install(rig.bridge.discoveryFile ?? '');
    });
    after(() => rig.dispose());
    beforeEach(async () => {
      rig.service = new FakeService();
      rig.script = () => says(modelWords);
      // As in the integrated terminal, where the window's file is named.
      terminal = await rig.open({ TANDEM_HOST: rig.bridge.discoveryFile ?? '' });
    });
    afterEach(() => terminal.dispose());

    test('/codex:review shows the report itself, then the model’s words', async () => {
      rig.service.report = sampleReport([
        sampleFinding(),
        sampleFinding({ title: 'Close the file', priority: 'P3' }),
      ]);
      await enter(terminal, '/codex:review --base main');
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
      await enter(terminal, '/codex:status');
      await terminal.waitFor(new RegExp(rig.service.markdown.status));
      assert.equal(rig.model.requests.length, asked);
    });

    for (const [answer, key, thread] of [
      [goOn, '1', 'resume'],
      [startFresh, '2', 'fresh'],
    ] as const) {
      test(`/codex:rescue asks once whether a thread goes on: ${answer}`, async () => {
        rig.service.resumable = sampleTask().job;
        rig.service.report = sampleTask();
        rig.script = (request) => rescueReply(request) ?? says(modelWords);
        await enter(terminal, '/codex:rescue it is still flaky');
        const question = await terminal.waitFor(/Go on with the last task\?.*Type something/s);
        assert.match(question, /The thread of “Fix the flaky test”/);
        // A key that comes too early is lost.
        await waitFor('the answer to be taken', async () => {
          await terminal.type(key);
          return !(await terminal.screen()).includes('Enter to select');
        });
        // The subagent needs no further leave of the user: the command has given it.
        await terminal.waitFor(/It was the clock\./);
        assert.deepEqual(
          rig.service.started.map(({ params: { order } }) => order),
          [{ kind: 'task', prompt: 'it is still flaky', write: true, thread, model: '', effort: '' }],
        );
      });
    }

    test('Esc stops the waiting, gives the prompt back and keeps the review', async () => {
      rig.service.report = undefined;
      await enter(terminal, '/codex:review');
      await terminal.waitFor(/esc to interrupt/);
      await waitFor('the wait', () => rig.service.waits.length === 1);
      await terminal.press('Escape');
      await terminal.waitFor(/❯\s\/codex:review/);
      assert.deepEqual(rig.service.cancelled, []);
      assert.equal(rig.service.waits.length, 1);
    });

    const tool = 'mcp__plugin_codex_tandem__review';
    /** By its list of tools, or by their names in a message: 2.1.330 lets the model look up the rest. */
    const isThere = ({ tools, messages }: MessagesRequest) =>
      tools.includes(tool) || JSON.stringify(messages).includes(tool);

    /** The model calls the tool, as soon as it is there: the program does not wait for its servers. */
    async function letTheModelCall(): Promise<void> {
      rig.script = (request) => {
        if (request.step > 0) return says(modelWords);
        return isThere(request) ? usesTool(tool, {}) : says(`There is no tool yet (${request.userText}).`);
      };
      for (let attempt = 1; attempt <= 20; attempt += 1) {
        const asked = rig.model.requests.length;
        await enter(terminal, `Let Codex look, ${attempt}`);
        if (isThere(await waitFor('the request', () => rig.model.requests[asked]))) return;
        await terminal.waitFor(new RegExp(`no tool yet \\(Let Codex look, ${attempt}`));
      }
      assert.fail('The tool was never there.');
    }

    test('Esc in a tool that the model called cancels the job that it waits for', async () => {
      rig.service.report = undefined;
      await letTheModelCall();
      await waitFor('the wait', () => rig.service.waits.length === 1);
      await terminal.press('Escape');
      assert.equal(await rig.service.firstCancel, 'review-1234abcd');
    });

    test('a tool that the model calls after /clear belongs to the new session', async () => {
      const session = () => rig.service.started.at(-1)?.client.session;
      const begun = () => rig.service.sessions.filter(({ event }) => event === 'start');
      await letTheModelCall();
      await terminal.waitFor(new RegExp(modelWords));
      const before = session();
      await enter(terminal, '/clear');
      await waitFor('the new session', () => begun().length === 2);
      await letTheModelCall();
      await waitFor('the second review', () => rig.service.started.length === 2);
      assert.notEqual(session(), before);
      assert.equal(session(), begun().at(-1)?.client.session);
    });
  });
}
