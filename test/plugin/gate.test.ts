import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { gatesFolder } from '../../src/protocol/gate.ts';
import { waitFor } from '../engine/wait.ts';
import { says, usesTool } from '../models/messagesReply.ts';
import type { MessagesRequest } from '../models/messagesRequest.ts';
import { findings, hang, httpError, runs } from '../models/responsesReply.ts';
import { claudeVersions } from '../support/binaries.ts';
import { objectOf, objectsOf, textOf } from '../support/json.ts';
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

    /** Switches the gate on from within, as a user does, in a mode of permissions that lets Claude write. */
    async function open(env: Record<string, string> = {}): Promise<void> {
      terminal = await rig.open(env);
      await terminal.press('BTab');
      await terminal.waitFor(/accept edits on/);
      await enter(terminal, '/codex:setup --enable-review-gate');
      await terminal.waitFor(/Tandem set-up/);
    }

    function codexFinds(...answers: (string | null)[]): void {
      const asked = rig.codexModel.requests.length;
      rig.codexScript = ({ step }) => {
        if (step === 0) return runs('git diff HEAD');
        const reviews = rig.codexModel.requests.slice(asked).filter((request) => request.step > 0).length;
        return findings(reviewOf(answers[reviews - 1] ?? null));
      };
    }

    const feedback = () => rig.model.requests.at(-1)?.turnText ?? '';
    const codexAsked = () => rig.codexModel.requests.length;

    test('a turn that changed nothing is not reviewed', async () => {
      await open();
      const asked = codexAsked();
      await enter(terminal, 'Say something.');
      await terminal.waitFor(new RegExp(modelWords));
      assert.equal(codexAsked(), asked);
    });

    test('a turn without findings may end', async () => {
      codexFinds(null);
      await open();
      await enter(terminal, 'Change it.');
      await terminal.waitFor(new RegExp(modelWords));
      await waitFor('the end of the review', async () => (await gateJobs()).at(0)?.['state'] === 'succeeded');
      assert.doesNotMatch(await terminal.screen(), /Stop hook error/);
      assert.doesNotMatch(feedback(), /Two is too many/);
    });

    test('findings send Claude back once, then it may end', async () => {
      codexFinds(file, file);
      await open();
      const before = (await gateJobs()).length;
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Fixed, I think\./);
      assert.match(
        feedback(),
        /Stop hook feedback:\n.*Codex has reviewed what you changed.*Two is too many/s,
      );
      assert.match(feedback(), /\/codex:setup --disable-review-gate/);
      await terminal.waitFor(/\? for shortcuts|accept edits on/);
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
      await terminal.waitFor(/Codex is reviewing this turn/);
      await rig.codexModel.waitFor(({ step, signal }) => step === 1 && !signal.aborted);
      const { stdout, code } = await rig.tandem('cancel');
      assert.deepEqual([code, stdout.includes('Cancelled.')], [0, true], stdout);
      await waitFor('Claude’s end', async () => !(await terminal.screen()).includes('esc to interrupt'));
      assert.doesNotMatch(feedback(), /Stop hook feedback/);
    });

    test('as a waking gate it lets Claude end at once, and wakes it with the findings', async () => {
      codexFinds(file);
      await open({ TANDEM_GATE_MODE: 'waking' });
      await enter(terminal, 'Change it.');
      await terminal.waitFor(/Fixed, I think\./);
      assert.match(feedback(), /Codex has reviewed what you changed.*Two is too many/s);
      assert.match(await terminal.screen(), /Stop hook feedback/);
    });

    test('switched off, it costs nothing', async () => {
      await open();
      await enter(terminal, '/codex:setup --disable-review-gate');
      const gates = gatesFolder(rig.stateHome);
      await waitFor('the gate to be off', () => !readdirSync(gates).some((name) => name.endsWith('.json')));
      const before = (await gateJobs()).length;
      await enter(terminal, 'Change it.');
      await terminal.waitFor(new RegExp(modelWords));
      assert.equal((await gateJobs()).length, before);
    });

    async function gateJobs() {
      const { stdout } = await rig.tandem('status', '--json');
      return objectsOf(objectOf(JSON.parse(stdout))['jobs']).filter((job) => textOf(job['kind']) === 'gate');
    }
  });
}

/** Writes the file where it is asked to change something, and takes a finding to heart. */
function asClaude({ userText, turnText, step }: MessagesRequest, file: string) {
  if (turnText.includes('Two is too many')) return says('Fixed, I think.');
  if (userText.includes('Change it.') && step === 0)
    return usesTool('Write', { file_path: file, content: 'two\n' });
  return says(modelWords);
}
