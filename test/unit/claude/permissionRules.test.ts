import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RulePlaces, rulesOfRun } from '../../../src/claude/permissionRules.ts';

const places: RulePlaces = {
  root: '/home/me/.claude',
  home: '/home/me',
  repository: '/home/me/work/shop',
  folder: '/state/worktrees/review-1',
};

describe('rules of Claude Code in a worktree', () => {
  for (const [what, rule, ...expected] of [
    ['absolute', 'Read(//home/me/work/shop/keys/**)', 'keys/**'],
    ['from the home', 'Read(~/work/shop/keys/*.pem)', 'keys/*.pem'],
    ['of a folder above', 'Read(//home/me/work)', '**'],
    ['of a folder above, as a folder', 'Edit(//home/me/work/)', '**'],
    ['of the repository itself', 'Edit(~/work/shop)', '**'],
    ['of a folder in it', 'Edit(~/work/shop/keys/)', 'keys/'],
    ['of any folder', 'Read(//**/.env)', '**/.env'],
    ['of any folder below another', 'Read(~/**/secrets/**)', '**/secrets/**'],
    ['of any repository there', 'Read(~/work/*/keys/**)', 'keys/**'],
    ['with a part of the name', 'Read(~/w?rk/s[a-i]*p/keys)', 'keys'],
    ['in another case', 'Read(//Home/Me/Work/Shop/keys)', 'keys'],
    ['with an escaped character', String.raw`Read(~/work/sho\p/keys)`, 'keys'],
    ['of a place beside it', 'Read(//home/me/work/shop2/keys/**)'],
    ['of the user’s own folder', 'Read(/todos/**)'],
  ] as const)
    test(`${what}: ${rule}`, () => {
      const tool = rule.slice(0, 4);
      const [kept, ...added] = rulesOfRun([rule], places);
      assert.ok(kept?.startsWith(`${tool}(//`), kept);
      assert.deepEqual(
        added,
        expected.map((rest) => `${tool}(//state/worktrees/review-1/${rest})`),
      );
    });

  test('what a rule counts from is said, whichever file it stands in', () => {
    assert.deepEqual(rulesOfRun(['Read(/todos/**)', 'Read(~/.ssh)'], places), [
      'Read(//home/me/.claude/todos/**)',
      'Read(//home/me/.ssh)',
    ]);
    const ofRepository = { ...places, root: places.repository };
    assert.deepEqual(rulesOfRun(['Read(/keys/**)'], ofRepository), [
      'Read(//home/me/work/shop/keys/**)',
      'Read(//state/worktrees/review-1/keys/**)',
    ]);
  });

  test('in the repository itself nothing is said twice; what is relative, or about no files, stays as it is', () => {
    const inPlace = { ...places, folder: places.repository };
    const rules = [
      'Read(//home/me/work/shop/keys/**)',
      ...['Read(./keys/**)', 'Read(.env)', 'Read', 'Bash(/bin/ls:*)'],
    ];
    assert.deepEqual(rulesOfRun(rules, inPlace), rules);
    const relative = rules.slice(1);
    assert.deepEqual(rulesOfRun(relative, places), relative);
    assert.deepEqual(rulesOfRun(['Read(//**/.env)'], inPlace), [
      'Read(//**/.env)',
      'Read(//home/me/work/shop/**/.env)',
    ]);
  });

  test('a name with characters of patterns stands for itself', () => {
    const odd = { ...places, folder: '/state [1]/*', repository: '/home/me/a (b)' };
    const rule = String.raw`Read(//home/me/a (b)/keys)`;
    assert.deepEqual(rulesOfRun([rule], odd), [
      rule,
      'Read(//state [1]/*/keys)',
      String.raw`Read(//state \[1\]/\*/keys)`,
    ]);
  });

  test('on Windows a drive is a folder of the root', () => {
    const windows = {
      root: 'C:\\Users\\me\\.claude',
      home: 'C:\\Users\\me',
      repository: 'C:\\work\\shop',
      folder: 'D:\\state\\review-1',
    };
    assert.deepEqual(rulesOfRun(['Read(//c/work/shop/keys/**)', 'Read(~/x)'], windows), [
      'Read(//c/work/shop/keys/**)',
      'Read(//d/state/review-1/keys/**)',
      'Read(//c/Users/me/x)',
    ]);
  });

  test('whatever stands in a rule is no error', () => {
    for (const pattern of ['//home/[z-a]/x', '//home/[/x', '//home/(/x', '//home/{{/😀', '//\\', '//', '~/'])
      assert.ok(rulesOfRun([`Read(${pattern})`], places).length > 0, pattern);
  });
});
