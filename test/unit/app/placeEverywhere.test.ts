import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeEverywhere, refusedText } from '../../../src/app/placeEverywhere.ts';
import { UsageError, UserError } from '../../../src/base/errors.ts';
import { sampleJob } from '../bridge/samples.ts';

/** Starts in all repositories but those that have something to say against it. */
function placing(errors: Readonly<Record<string, Error>>) {
  const started: string[] = [];
  const place = (repository: string) => {
    const error = errors[repository];
    if (error) return Promise.reject(error);
    started.push(repository);
    return Promise.resolve(sampleJob({ repository }));
  };
  return { started, place };
}

const clean = new UsageError('Nothing to review: the working tree has no changes.');

test('one review in each repository; those without are named together', async () => {
  const { started, place } = placing({
    '/w/web': clean,
    '/w/api': new UsageError('No base branch was found.'),
  });
  const refused = await placeEverywhere(['/w/shop', '/w/web', '/w/api', '/w/docs'], place);
  assert.deepEqual(started, ['/w/shop', '/w/docs']);
  assert.equal(
    refusedText(refused),
    'Not reviewed: web (nothing to review: the working tree has no changes) and api (no base branch was found).',
  );
});

test('of a single repository, and where none has anything, it is an error', async () => {
  await assert.rejects(placeEverywhere(['/w/web'], placing({ '/w/web': clean }).place), clean);
  const { place } = placing({ '/w/web': clean, '/w/api': clean });
  await assert.rejects(placeEverywhere(['/w/web', '/w/api'], place), /Not reviewed: web \(.*\) and api \(/);
});

test('what else goes wrong is not passed over', async () => {
  const broken = new UserError('git was not found on PATH.');
  const { place } = placing({ '/w/web': broken });
  await assert.rejects(placeEverywhere(['/w/shop', '/w/web'], place), broken);
});
