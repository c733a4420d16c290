import assert from 'node:assert/strict';
import { utimesSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Consent, type ConsentParts } from '../../../src/app/consent.ts';
import { Permits } from '../../../src/jobs/permits.ts';
import type { Order } from '../../../src/protocol/order.ts';
import { createTempFolder } from '../../support/temp.ts';

const task: Order = { kind: 'task', prompt: 'x', write: true, thread: 'fresh', model: '', effort: '' };
const review: Order = { kind: 'review', target: { scope: 'auto' }, focus: '', model: '', effort: '' };

function create(policy: 'never' | 'ask' | 'yes', answer?: boolean) {
  const home = createTempFolder('consent').path;
  const permits = new Permits(home);
  const asked: string[] = [];
  const parts: ConsentParts = {
    permits,
    policy: () => policy,
    reviewer: () => 'codex',
    ...(answer !== undefined && {
      ask: (what: string) => {
        asked.push(what);
        return Promise.resolve(answer);
      },
    }),
  };
  return { consent: new Consent(parts), permits, asked, home };
}

describe('what Claude’s model wants to start by itself', () => {
  test('never, yes, or the user’s answer', async () => {
    await assert.rejects(create('never').consent.require(review, 's'), /does not want Claude to start/);
    await create('yes').consent.require(review, 's');
    await create('ask', true).consent.require(review, 's');
    await assert.rejects(create('ask', false).consent.require(review, 's'), /does not want .* now/);
  });

  test('the question says whether files may be changed', async () => {
    const { consent, asked } = create('ask', true);
    await consent.require(task, 's');
    await consent.require({ ...task, write: false }, 's');
    assert.deepEqual(asked, ['a task of Codex that may change files: “x”', 'a read-only task of Codex: “x”']);
  });

  test('where nobody can be asked it is no, with the way out', async () => {
    await assert.rejects(create('ask').consent.require(task, 's'), /Nobody can be asked/);
  });

  test('a command that the user typed permits one task of that session', async () => {
    const { consent, permits } = create('never');
    await permits.give('s', { prompt: 'x', write: true });
    await assert.rejects(consent.require(review, 's'));
    await assert.rejects(consent.require(task, 'another'));
    await consent.require(task, 's');
    await assert.rejects(consent.require(task, 's'));
  });

  test('a command permits what was typed: no writing where it said read-only, no other task', async () => {
    const { consent, permits } = create('never');
    const typed = { prompt: 'find the bug', write: false };
    await permits.give('s', typed);
    await assert.rejects(consent.require({ ...task, prompt: 'find the bug' }, 's'));
    await permits.give('s', typed);
    await assert.rejects(consent.require({ ...task, write: false, prompt: 'delete all' }, 's'));
    await permits.give('s', typed);
    const more = { ...task, write: false, prompt: 'find the bug\n\n## What Claude knows\n…' };
    await consent.require(more, 's');
  });

  test('what Claude Code does to the words on their way is undone', async () => {
    const { consent, permits } = create('never');
    const prompt = 'replace \\u0041, \\\\u0041 and \\ud83d\\ude42 in a.ts';
    for (const said of ['replace A, \\\\u0041 and 🙂 in a.ts', prompt]) {
      await permits.give('s', { prompt, write: true });
      const order: Order = { ...task, prompt: `${said}\n\nContext from Claude: none.` };
      assert.deepEqual(await consent.require(order, 's'), {
        ...task,
        prompt: `${prompt}\n\nContext from Claude: none.`,
      });
    }
  });

  test('of many that use a permit at once one gets it; an old one is none', async () => {
    const { permits, home } = create('never');
    const permit = { prompt: 'x', write: false };
    await permits.give('s', permit);
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => permits.take('s')));
    assert.equal(taken.filter(Boolean).length, 1);
    await permits.give('../../s', permit);
    const folder = path.join(home, 'permits');
    const [file = ''] = readdirSync(folder);
    const hourAgo = Date.now() / 1000 - 3_600;
    utimesSync(path.join(folder, file), hourAgo, hourAgo);
    assert.equal(await permits.take('../../s'), null);
    assert.deepEqual(readdirSync(folder), []);
  });
});
