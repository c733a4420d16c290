import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transferText } from '../../../src/app/transfer.ts';
import type { Transferred } from '../../../src/codex/transfer.ts';

const said = (how: Transferred['how'], name = 'Fix it', inPlace = true) =>
  transferText({ threadId: 't', name, how }, inPlace);

test('how a transfer went is said in a sentence, with the name of the thread', () => {
  assert.equal(said('imported'), 'Codex has imported the session as the thread “Fix it”.');
  assert.match(
    said('updated'),
    /imported .* before, as the thread “Fix it”; what was said since has been added\./,
  );
  assert.match(said('already imported'), /as the thread “Fix it”; nothing was said since\./);
  assert.match(said('copied'), /a copy .* as the thread “Fix it”, because the thread of an earlier transfer/);
  assert.match(said('copied', 'Fix it', false), /because it imports only from the `\.claude\/projects`/);
  assert.match(said('injected'), /did not import the session, so the thread “Fix it” was told/);
  assert.equal(said('imported', ''), 'Codex has imported the session as a thread without a name.');
});
