import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { says, usesTool } from '../models/messagesReply.ts';
import type { MessagesRequest } from '../models/messagesRequest.ts';
import { findings, hang, httpError, runs } from '../models/responsesReply.ts';
import { claudeVersions } from '../support/binaries.ts';
import type { Environment } from '../support/environment.ts';
import { objectOf, objectsOf } from '../support/json.ts';
import { type Leftovers, nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { type LineRig, createLineRig, reviewOf } from './lineRig.ts';
import { enter, modelWords } from './rig.ts';
import { type Terminal, whyNoTmux } from './tmux.ts';

const noTmux = await whyNoTmux();

for (const claudeVersion of claudeVersions) {
  describe(`the review gate in Claude Code ${claudeVersion}`, { skip: noTmux ?? false }, () => {
    let rig: LineRig;
    let left: Leftovers;
    let terminal: Terminal;
    /** How the change is called that Claude makes. */
    let file = '';
    before(async () => {
      rig = await createLineRig(claudeVersion);
      assert.equal((await rig.tandem('setup', '--enable-review-gate')).code, 0);
    });
    after(() => rig.dispose());
    beforeEach(async (context) => {
      left = await snapshotLeftovers();
      file = path.join(rig.work, `${context.name.replaceAll(/\W/g, '')}.ts`);
      rig.script = (request) => asClaude(request, file);
    });
    afterEach(async () => {
      await terminal.dispose();
      await nothingLeft(left, 10_000);
    });

    async function open(env: Environment = {}): Promise<void> {
      terminal = await rig.open(env, 'acceptEdits');
    }

    /** Codex reviews so often, with a finding in the file each time. */
    function codexFinds(times: number): void {
      const before = rig.codexModel.requests.length;
      rig.codexScript = ({ step }) => {
        if (step === 0) return runs('git diff HEAD; cat *.ts');
        const reviews = rig.codexModel.requests.slice(before).filter((request) => request.step > 0);
        return findings(reviewOf(reviews.length <= times ? file : null));
      };
    }

    const feedback = () => rig.model.requests.at(-1)?.turnText ?? '';
    /** Newest first. */
    async function gateJobs() {
      const { stdout } = await rig.tandem('status', '--json');
      return objectsOf(objectOf(JSON.parse(stdout))['jobs']).filter(({ kind }) => kind === 'gate');
    }

    test('a turn that changed nothing is not reviewed; one without findings may end', async () => {
      codexFinds(0);
      await open();
      const before = (await gateJobs()).length;
      await enter(terminal, 'Say something.');
      await terminal.waitFor(new RegExp(modelWords));
      assert.equal((await gateJobs()).length, before);
      await enter(terminal, 'Change it.');
      await waitFor('the end of the review', async () => {
        const jobs = await gateJobs();
        return jobs.length === before + 1 && jobs[0]?.['state'] === 'succeeded';
      });
      assert.doesNotMatch(await terminal.screen(), /Stop hook error/);
      assert.doesNotMatch(feedback(), /Two is too many/);
    });

    test('switched on in a session it sends Claude back once for its findings, then lets it end', async () => {
      codexFinds(2);
      await rig.tandem('setup', '--disable-review-gate');
      await open();
      await enter(terminal, '/codex:setup --enable-review-gate');
      await terminal.waitFor(/gate is now on/);
      const before = (await gateJobs()).length;
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Fixed, I think\./);
      assert.match(
        feedback(),
        /Stop hook feedback:\n.*Codex has reviewed what you changed.*Two is too many/s,
      );
      assert.match(feedback(), /\/codex:setup --disable-review-gate/);
      await waitFor('Claude’s end', async () => !(await terminal.screen()).includes('esc to interrupt'));
      assert.equal((await gateJobs()).length, before + 1);
      assert.equal(readFileSync(file, 'utf8'), 'two\n');
    });

    test('a review that could not run lets Claude end, and says why', async () => {
      rig.codexScript = () => httpError(500, { error: { message: 'out of order' } });
      await open();
      await enter(terminal, 'Change it.');
      const screen = await terminal.waitFor(/review gate could not run/);
      assert.match(screen, /not reviewed/);
      assert.doesNotMatch(feedback(), /Stop hook feedback/);
    });

    test('cancelling the review lets Claude end', async () => {
      rig.codexScript = ({ step }) => (step === 0 ? runs('git diff HEAD') : hang());
      await open();
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Codex’s review gate…/);
      await rig.codexModel.waitFor(({ step, signal }) => step === 1 && !signal.aborted);
      const { stdout, code } = await rig.tandem('cancel');
      assert.deepEqual([code, stdout.includes('Cancelled.')], [0, true], stdout);
      await waitFor('Claude’s end', async () => !(await terminal.screen()).includes('esc to interrupt'));
      assert.doesNotMatch(feedback(), /Stop hook feedback/);
    });

    test('Esc gives the prompt back and ends the review', async () => {
      rig.codexScript = ({ step }) => (step === 0 ? runs('git diff HEAD') : hang());
      await open();
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Codex’s review gate…/);
      await rig.codexModel.waitFor(({ step, signal }) => step === 1 && !signal.aborted);
      await terminal.press('Escape');
      await terminal.waitFor(/Interrupted/);
      await waitFor('the end of the review', async () => (await gateJobs()).at(0)?.['state'] === 'cancelled');
    });

    test('as a waking gate it lets Claude end at once, and wakes it with the findings', async () => {
      codexFinds(1);
      await open({ TANDEM_GATE_MODE: 'waking' });
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Fixed, I think\./);
      assert.match(feedback(), /Codex has reviewed what you changed.*Two is too many/s);
      assert.match(await terminal.screen(), /Stop hook feedback/);
    });

    test('switched off, it is off at once', async () => {
      await open();
      await enter(terminal, '/codex:setup --disable-review-gate');
      await terminal.waitFor(/gate is now off/);
      const before = (await gateJobs()).length;
      await enter(terminal, 'Change it.');
      await terminal.waitFor(new RegExp(modelWords));
      assert.equal((await gateJobs()).length, before);
    });
  });
}

/** Writes the file where it is asked to change something, and takes a finding to heart. */
function asClaude({ userText, turnText, step }: MessagesRequest, file: string) {
  if (turnText.includes('Two is too many')) return says('Fixed, I think.');
  if (userText.includes('Change it.') && step === 0)
    return usesTool('Write', { file_path: file, content: 'two\n' });
  return says(modelWords);
}
