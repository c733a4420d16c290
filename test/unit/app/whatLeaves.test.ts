import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { whatLeaves } from '../../../src/app/whatLeaves.ts';
import { leavingMarkdown, leavingText, workOfOrder, workText } from '../../../src/app/whatLeavesTexts.ts';
import { prepareReview } from '../../../src/app/briefs.ts';
import { inPlace } from '../../../src/app/handedBriefs.ts';
import type { Target } from '../../../src/protocol/target.ts';
import { createRecordingLogger } from '../bridge/samples.ts';
import { options, repositories, resolved } from '../git/fixture.ts';

describe('what leaves the machine with a review', () => {
  const repository = repositories();
  const parts = {
    ...options,
    exclude: [],
    logger: createRecordingLogger(),
    known: () => Promise.resolve([]),
    jobs: () => Promise.resolve([]),
  };
  const changed = {
    committed: { 'a.ts': 'old();\n' },
    uncommitted: {
      'a.ts': 'fresh();\n',
      'b.ts': 'more();\n',
      '.env.local': 'KEY=1234\n',
      'token.ts': `const token = 'ghp_${'a'.repeat(36)}';\n`,
      'picture.bin': '\0\0\0',
    },
  };
  const both = ['codex', 'claude'] as const;
  const look = async (
    target: Target,
    repo: { path: string },
    kind: 'review' | 'adversarial-review' = 'review',
  ) => whatLeaves({ repository: repo.path, target, kind, focus: '' }, both, parts);

  test('Codex is handed no file, Claude the text of the change; what looks like a secret nobody is', async () => {
    const repo = await repository(changed);
    const target = await resolved(repo.path, 'working-tree');
    const what = await look(target, repo);
    const [codex, claude] = what.agents;
    assert.deepEqual([codex?.readsByItself, codex?.files], [true, []]);
    assert.deepEqual([claude?.readsByItself, [...(claude?.files ?? [])].sort()], [false, ['a.ts', 'b.ts']]);
    assert.deepEqual([...what.secrets].sort(), ['.env.local', 'token.ts']);
    assert.deepEqual(what.others, [{ file: 'picture.bin', reason: 'binary' }]);
    const { brief } = await prepareReview(
      { kind: 'review', reviewer: 'claude' },
      inPlace(repo.path),
      { target, focus: '' },
      parts,
    );
    assert.ok(brief.form === 'structured');
    assert.equal(claude?.bytes, Buffer.byteLength(brief.prompt + JSON.stringify(brief.schema)));
    assert.ok(brief.prompt.includes('fresh();') && !brief.prompt.includes('KEY=1234'));
    assert.ok(!brief.prompt.includes('ghp_a'));
  });

  test('an adversarial review hands the change to both', async () => {
    const repo = await repository(changed);
    const { agents } = await look(await resolved(repo.path, 'working-tree'), repo, 'adversarial-review');
    for (const { files, readsByItself } of agents)
      assert.deepEqual([[...files].sort(), readsByItself], [['a.ts', 'b.ts'], false]);
  });

  test('of a change that is too long only the names are handed over', async () => {
    const repo = await repository({
      committed: { 'long.ts': 'call();\n' },
      uncommitted: { 'long.ts': 'other();\n'.repeat(30_000) },
    });
    const { agents } = await look(await resolved(repo.path, 'working-tree'), repo);
    assert.deepEqual(agents.at(1)?.files, []);
    assert.ok((agents.at(1)?.bytes ?? Infinity) < 50_000);
  });

  test('in words: who is handed what, what it may read, what is held back, what it will take', async () => {
    const repo = await repository(changed);
    const what = await look(await resolved(repo.path, 'working-tree'), repo);
    const text = leavingText(what, false);
    assert.match(
      text,
      /Codex: Tandem hands over no file, only .* of instructions|Codex: Tandem hands over no file, only the name/,
    );
    assert.match(text, /can read every file of this machine/);
    assert.match(text, /Claude: Tandem hands over \d+\.\d kB: instructions, and text of 2 files\./);
    assert.match(text, /files of a copy of the repository as it is now, and none outside/);
    assert.match(text, /looks like a secret: .*\.env\.local/);
    assert.match(text, /where an agent may read it by itself/);
    assert.match(text, /Will take: not known/);
    assert.match(leavingText(what, true), /the machine that its App Server runs on/);
    assert.doesNotMatch(text, /Second opinion/);
    for (const told of [leavingText, leavingMarkdown])
      assert.match(
        told({ ...what, secondOpinion: 'claude' }, false),
        /Second opinion: .* their texts go to whoever your Claude Code is set up to ask/,
      );
    const markdown = leavingMarkdown(what, false);
    for (const line of ['- `a.ts`', '- `.env.local` (looks like a secret)', '- `picture.bin` (binary)'])
      assert.ok(markdown.includes(line), line);
  });

  test('where nothing looks like a secret, that is said; names are no Markdown', async () => {
    const repo = await repository({ uncommitted: { 'a [b](command:c) `d`.ts': 'x();\n' } });
    const what = await look(await resolved(repo.path, 'working-tree'), repo);
    assert.match(leavingText(what, false), /Nothing that is reviewed looks like a secret/);
    const markdown = leavingMarkdown(what, false);
    assert.match(markdown, /## Held back\n\nNothing that is reviewed/);
    assert.ok(markdown.includes('- ``a [b](command:c) `d`.ts``'));
  });

  test('of other work: what an agent may do by itself, which is not the same for all', () => {
    const both = ['codex', 'claude'] as const;
    const looks = workText('examination', both, true);
    assert.match(looks, /^Codex: .* commands that only read: .* of the machine that its App Server runs on/);
    assert.match(looks, /\n\nClaude: .* the files of the repository, and none outside/);
    assert.match(
      workText('task', ['codex'], false),
      /commands within the rules for tasks: .* of this machine/,
    );
    assert.match(workText('question', ['claude'], false), /^Claude: Tandem hands over what you ask, /);
    const session = workText('session', ['claude'], false);
    assert.match(session, /may do what you allow that session/);
    assert.doesNotMatch(session, /none outside|Codex/);
  });

  test('every order that is no review has a word for it, but a transfer, for which no model is asked', () => {
    const works = (['question', 'proof', 'more', 'task', 'tie-break', 'second-opinion'] as const).map(
      (kind) => workOfOrder({ kind }),
    );
    assert.deepEqual(works, ['question', 'examination', 'more', 'task', 'examination', 'opinion']);
    assert.equal(workOfOrder({ kind: 'transfer' }), null);
  });
});
