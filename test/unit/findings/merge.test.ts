import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contradictions } from '../../../src/findings/contradiction.ts';
import { doubtfulPairs, samePairs } from '../../../src/findings/merge.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import { mergeQuality, scenesOf } from '../../support/mergePairs.ts';
import { createRandom } from '../../support/random.ts';
import { finding } from './known.ts';

const codex = (change: Partial<Finding> = {}) =>
  finding('x', {
    title: 'Parse expense dates in local time',
    body: '`new Date("2024-03-01")` is midnight UTC, so users west of Greenwich see the previous day.',
    startLine: 18,
    endLine: 24,
    ...change,
  });
const claude = (change: Partial<Finding> = {}) =>
  finding('c', {
    title: 'Timezone bug: dates shift by one day',
    body: 'Date-only strings are parsed as UTC; with local getters an expense is dated one day early west of Greenwich.',
    startLine: 20,
    endLine: 21,
    ...change,
  });
const isSame = (one: Finding, other: Finding) => samePairs([one], [other]).length === 1;

test('the same defect in other words', () => {
  assert.deepEqual(samePairs([codex()], [claude()]), [{ one: 'x', other: 'c' }]);
  assert.ok(!isSame(codex(), claude({ file: 'b.ts' })), 'in another file');
  assert.ok(!isSame(codex(), claude({ startLine: 30, endLine: 31 })), 'elsewhere in the file');
  assert.ok(!isSame(codex({ file: '' }), claude({ file: '' })), 'without a file');
});

test('lines in between take more words in common', () => {
  const words = {
    title: 'Run the container as a non-root user',
    body: 'No USER is set, so a compromised process has root rights inside the container.',
  };
  const other = { title: 'Container runs as root', body: 'Add a user and switch to it.' };
  assert.ok(isSame(codex(words), claude(other)));
  assert.ok(!isSame(codex(words), claude({ ...other, startLine: 27, endLine: 27 })));
});

test('different defects on the same lines stay two, however much of the code both name', () => {
  const amount = claude({
    title: 'Refund can be issued twice',
    body: 'Nothing records that `refund` was called.',
  });
  assert.ok(
    !isSame(codex({ title: 'Refund exceeds the payment', body: '`refund` takes any amount.' }), amount),
  );
  assert.ok(!isSame(codex({ title: 'Missing check', body: '' }), claude({ title: 'Wrong check', body: '' })));
});

test('each finding is in one pair at most: of duplicates the one that is most alike', () => {
  const twice = [codex({ id: 'vague', title: 'Local time', body: 'Dates shift.' }), codex()];
  assert.deepEqual(samePairs(twice, [claude()]), [{ one: 'x', other: 'c' }]);
});

test('doubtful are pairs that are alike, but not enough, of findings that have no other', () => {
  const vague = codex({
    id: 'vague',
    title: 'Dates of expenses',
    body: 'A day is lost in the local time zone.',
  });
  const other = claude({
    id: 'o',
    title: 'Wrong month',
    body: 'Expenses of the first are a day early in local time.',
  });
  assert.deepEqual(samePairs([vague], [other]), []);
  assert.deepEqual(doubtfulPairs([vague], [other]), [{ one: 'vague', other: 'o' }]);
  assert.deepEqual(doubtfulPairs([codex()], [claude()]), [], 'what is decided is not doubtful');
  assert.deepEqual(doubtfulPairs([codex()], [claude(), other]), [], 'nor what has another one');
  const far = claude({ title: 'SQL injection', body: 'The name is put into the statement.' });
  assert.deepEqual(doubtfulPairs([codex()], [far]), [], 'nor what is not alike');
});

/** Title, and recommendation. */
type Words = readonly [string, string?];

const inWords = ([title, recommendation = '']: Words) => ({ title, body: '', recommendation });

test('opposite advice on the same lines is a contradiction, and never one finding', () => {
  const pairs: [Partial<Finding>, Partial<Finding>][] = [
    ...(
      [
        [['Remove the lock around the counter'], ['Add a lock around the counter']],
        [['Drop the retry'], ['Retry is needed', 'Keep the retry.']],
        [['Increase the cache TTL'], ['Lower the cache TTL']],
        [['Request timeout of 5 s is too short'], ['Timeout of the request is too long']],
        [['Channel capacity is larger than needed'], ['Raise the channel capacity to 64']],
        [['E-mail validation is too strict'], ['Tighten the validation of the e-mail']],
        [
          ['Lock is held too long', 'Release the lock.'],
          ['Torn state', 'Hold the lock until the end.'],
        ],
        [
          ['Charged twice', 'Do not retry `charge`.'],
          ['Charge fails', 'Retry `charge` three times.'],
        ],
        [['Remove the null check'], ['Null check is incomplete', 'Extend the null check to undefined.']],
        [['Make the write synchronous'], ['The write should be asynchronous']],
        [['Bucket must not be public'], ['Bucket has to be public']],
        [['Missing `default` branch'], ['The `default` branch is redundant']],
        [['Use `==` instead of `===` for ids'], ['Use `===` instead of `==` for ids']],
        [['Log at `debug` rather than `info`'], ['Log at `info` rather than `debug`']],
        [['Memoise the row component'], ['Remove `memo` from the row component']],
        [['Debug output should be on by default'], ['Turn debug output off by default']],
        [['Poll less often'], ['Poll more often']],
      ] as const
    ).map(([one, other]): [Partial<Finding>, Partial<Finding>] => [inWords(one), inWords(other)]),
    [
      { title: 'Off by one', body: '`<=` lets one connection more be opened.' },
      { title: 'Comment on the limit', body: 'The `<=` is correct, because the probe does not count.' },
    ],
  ];
  for (const [one, other] of pairs) {
    const [a, b] = [codex({ body: '', ...one }), claude({ body: '', ...other })];
    assert.equal(contradictions([a], [b]).length, 1, `${a.title} / ${b.title}`);
    assert.equal(contradictions([b], [a]).length, 1, 'the other way round');
    assert.ok(!isSame(a, b), 'not one finding');
    assert.deepEqual(doubtfulPairs([a], [b]), [], 'nor a question');
    assert.equal(contradictions([a], [{ ...b, startLine: 25, endLine: 26 }]).length, 0, 'on other lines');
  }
});

test('what only points in opposite directions is no contradiction, and no one finding: it is doubtful', () => {
  const pairs: [Partial<Finding>, Partial<Finding>][] = [
    [
      {
        title: 'Loop runs one time too often',
        body: 'The loop condition `i <= n` reads behind the end of items.',
      },
      {
        title: 'Loop stops one element too early',
        body: 'The loop condition `i <= n` leaves out the end of items.',
      },
    ],
    [
      { title: 'Maximum length of names is too short', body: 'Names of 25 letters are refused.' },
      { title: 'Minimum length of names is too short', body: 'Names of one letter pass.' },
    ],
    [
      { title: 'Price cache goes stale', body: 'Entries are old.', recommendation: 'A minute is enough.' },
      { title: 'Price cache hardly hits', body: 'Entries are gone.', recommendation: 'A day is better.' },
    ],
  ];
  for (const [one, other] of pairs) {
    const [a, b] = [codex(one), claude(other)];
    assert.deepEqual(samePairs([a], [b]), [], a.title);
    assert.deepEqual(contradictions([a], [b]), [], a.title);
    assert.deepEqual(doubtfulPairs([a], [b]), [{ one: 'x', other: 'c' }], a.title);
  }
});

test('the same wish in opposite words is one finding', () => {
  const pairs: readonly (readonly [Words, Words])[] = [
    [['Missing null check on `owner`'], ['Add a null check for `owner`']],
    [['Upload timeout is too short'], ['Increase the upload timeout']],
    [['Do not retry client errors'], ['Stop retrying client errors']],
    [['Do not disable certificate verification'], ['Enable verification of certificates']],
    [['Listener of the scroll event is never removed'], ['Remove the listener of the scroll event']],
    [['Cache key ignores the locale'], ['Add the locale to the cache key']],
    [['Do not log the access token'], ['Access token should be removed from the log']],
  ];
  for (const [one, other] of pairs)
    assert.ok(isSame(codex(inWords(one)), claude(inWords(other))), `${one[0]} / ${other[0]}`);
});

test('what only looks like a contradiction is none', () => {
  const pairs: [Partial<Finding>, Partial<Finding>][] = [
    [{ title: 'Remove the lock around the counter' }, { title: 'Add a lock around the map' }],
    [{ title: 'Remove the unused warm-up goroutine' }, { title: 'Add a context to the warm-up goroutine' }],
    [{ title: 'Remove the dead check' }, { title: 'Remove the check' }],
    [{ title: 'Connect timeout is too short' }, { title: 'Read timeout is too long' }],
    [{ title: 'Enable gzip for JSON' }, { title: 'Disable gzip for images' }],
    [{ title: 'Add a null check for `name`' }, { title: 'Remove the null check for `id`' }],
    [{ title: 'Fail closed when the check throws' }, { title: 'Check fails open' }],
    [
      { title: 'add() subtracts instead of adding', body: 'It replaces `+` by `-` in add().' },
      { title: 'add() returns the difference', body: '`a - b` subtracts: add() has to return the sum.' },
    ],
    [{ title: 'Return value is ignored' }, { title: 'Ignore the return value' }],
    [{ title: 'Treat "false" as false' }, { title: 'Wrong text', recommendation: "Compare with 'true'." }],
    [{ body: '`<=` is wrong.' }, { body: 'The `<=` is not correct.' }],
    [{ body: '`<=` is wrong.' }, { body: 'The `<=` is correct only for even sizes.' }],
    [{ body: '`<=` is wrong.' }, { body: 'The `<` is correct.' }],
  ];
  for (const [one, other] of pairs)
    assert.equal(contradictions([codex(one)], [claude(other)]).length, 0, JSON.stringify([one, other]));
});

test('the result does not depend on the order of the lists', () => {
  const random = createRandom(5);
  const scene = scenesOf('tuning').find(({ codex: list }) => list.length > 3);
  assert.ok(scene);
  const lists = [scene.codex, scene.claude].map((list) =>
    list.map((one, index) => finding(String(index), { ...one, file: scene.file })),
  );
  const [ones = [], others = []] = lists;
  const wanted = samePairs(ones, others);
  assert.ok(wanted.length > 0);
  for (let run = 0; run < 20; run += 1)
    assert.deepEqual(samePairs(random.shuffled(ones), random.shuffled(others)), wanted);
});

test('the article’s own two reviews: what both found is one, what each found alone stays', () => {
  const [article] = scenesOf('tuning');
  assert.match(article?.about ?? '', /article/);
  const quality = mergeQuality(article ? [article] : []);
  assert.deepEqual([quality.said, quality.right, quality.there], [2, 2, 2]);
});

/*
 * The floors are below what is measured (`npm run bench` prints it), so that a new sample does not have to be a fortunate one.
 */
test('labelled pairs that nothing was tuned with: rarely wrong, and more than half is found', () => {
  const quality = mergeQuality(scenesOf('held-out'));
  assert.ok(quality.pairs >= 120, `${quality.pairs} pairs`);
  // A fifth of them is opposite advice, much of it in words that do not show it: far more than in reviews.
  assert.ok(quality.precision >= 0.8, `precision ${quality.precision}`);
  assert.ok(quality.recall >= 0.55, `recall ${quality.recall}`);
  const { there, said, right, merged } = quality.contradictions;
  assert.equal(said, right, 'no dispute that is none');
  assert.ok(right / there >= 0.5, `${right} of ${there} disputes`);
  assert.ok(merged / there <= 0.2, `${merged} of ${there} that are opposite became one`);
});

test('the labels name findings that are there, once', () => {
  const scenes = [...scenesOf('tuning'), ...scenesOf('held-out')];
  let pairs = 0;
  for (const { file, codex: ones, claude: others, same, either = [], contradictory = [] } of scenes) {
    const labels = [...same, ...either, ...contradictory];
    for (const [one, other] of labels) assert.ok(ones[one] && others[other], file);
    assert.equal(new Set(labels.map(String)).size, labels.length, file);
    pairs += ones.length * others.length;
  }
  assert.ok(pairs >= 300, `${pairs} pairs`);
});
