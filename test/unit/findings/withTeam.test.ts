import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportable } from '../../../src/findings/export/exportable.ts';
import { dismissalOf } from '../../../src/findings/teamDismissals.ts';
import { withTeam } from '../../../src/findings/withTeam.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, finding, known, repository, review } from './known.ts';

const anchor = { text: ['  return a - b;'], before: [], after: [], version: null };
const dismissed = known('theirs', {
  title: 'add() subtracts instead of adding',
  anchor,
  repository: '/home/colleague/repository',
  state: 'dismissed',
  reason: 'Intended.',
});
const team = [dismissalOf(dismissed)];

test('what the team has dismissed is dismissed, on another machine and in other words', () => {
  const same = known('same', { title: dismissed.title, anchor });
  const reworded = known('reworded', { title: 'The add function subtracts its arguments', anchor });
  for (const one of withTeam([same, reworded], team))
    assert.deepEqual([one.state, one.by, one.reason], ['dismissed', 'team', 'Intended.'], one.id);
});

test('a title counts as the file has it: without paths of the machine, marks of direction and what is too long', () => {
  const withoutText = { anchor: null, file: 'a.ts' };
  for (const title of [
    `Paths such as ${repository}/a.ts are wrong`,
    'A title\u202e with\u2069 marks',
    `Long ${'words '.repeat(80)}`,
  ]) {
    const mine = known('mine', { ...withoutText, title, repository });
    const shared = dismissalOf(exportable({ ...mine, state: 'dismissed', reason: 'Intended.' }));
    assert.equal(withTeam([mine], [shared])[0]?.state, 'dismissed', title);
  }
});

test('nothing else is: another defect, another place, or what the user has reopened', () => {
  const others = [
    known('defect', { title: 'Missing await', anchor }),
    known('place', { title: dismissed.title, anchor: { ...anchor, text: ['return x - y;'] } }),
    known('longer', {
      title: 'add() subtracts',
      anchor: { ...anchor, text: ['return a - b;', 'return b;'] },
    }),
    known('file', { title: dismissed.title, anchor, file: 'b.ts' }),
    known('reopened', { title: dismissed.title, anchor, by: 'user' }),
  ];
  assert.deepEqual(withTeam(others, team), others);
});

test('nor what gives the opposite advice on the same text', () => {
  const shared = dismissalOf(known('theirs', { title: 'Timeout of 5 s is too short', anchor }));
  const opposite = known('opposite', { title: 'Timeout of 5 s is too long', anchor });
  assert.deepEqual(withTeam([opposite], [shared]), [opposite]);
});

test('a text that is too long for the file counts by its beginning', () => {
  const long = { ...anchor, text: Array.from({ length: 40 }, (_, line) => `${line} ${'x'.repeat(400)}`) };
  const kept = dismissalOf(known('theirs', { title: dismissed.title, anchor: long }));
  const same = known('same', { title: 'add() subtracts', anchor: long });
  assert.equal(withTeam([same], [kept])[0]?.state, 'dismissed');
});

test('a review does not report it, and the list follows the file', async (context) => {
  let file: typeof team = [];
  const { store } = createStore(createTempFolder().path, { team: () => Promise.resolve(file) });
  context.after(() => store.dispose());
  const reported = finding('mine', { title: dismissed.title, anchor });
  assert.equal((await store.record(review('j1', [reported]))).findings.length, 1);
  file = team;
  await store.teamChanged(repository);
  assert.equal(store.find('mine')?.state, 'dismissed');
  const again = await store.record(review('j2', [reported]));
  assert.deepEqual([again.findings, again.dismissed], [[], [dismissed.title]]);
  file = [];
  await store.teamChanged(repository);
  assert.equal(store.find('mine')?.state, 'open');
});
