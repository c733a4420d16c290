import { brokenSandboxText } from './fakeAppServerAnswers.mjs';
import { defaultReview, renderReview } from './fakeReview.mjs';

/**
 * One turn of the fake App Server: what codex 0.169 notifies, in its order (facts: app-server.md 2.2).
 * A review has two ids: `announced` is on its items and on `turn/completed`, `active` on `turn/started`, and interrupts want `active`.
 */
export function createFakeTurn({ threadId, cwd, raw, isReview, sandboxWorks, newId, notify }) {
  const announced = newId('turn');
  const active = isReview ? newId('turn') : announced;
  const place = { threadId, turnId: announced };
  const state = { over: false };

  const startItem = (item) => notify('item/started', { item, ...place });
  const completeItem = (item) => notify('item/completed', { item, ...place });
  const wholeItem = (item) => {
    startItem(item);
    completeItem(item);
  };
  const message = (text) => ({ type: 'agentMessage', id: newId('item'), text, phase: null });
  const userMessage = (text) => ({
    type: 'userMessage',
    id: newId('item'),
    content: [{ type: 'text', text }],
  });
  const threadStatus = (value) => notify('thread/status/changed', { threadId, status: value });

  const turnValue = (id, status, items) => {
    const times = { startedAt: null, completedAt: null, durationMs: null };
    return { id, rootTurnId: announced, items, itemsView: 'summary', status, error: null, ...times };
  };

  /** What `review/start` or `turn/start` is answered with. */
  const shown = () => turnValue(announced, 'inProgress', isReview ? [userMessage('current changes')] : []);

  function begin() {
    if (isReview) wholeItem({ type: 'enteredReviewMode', id: newId('item'), review: 'current changes' });
    threadStatus({ type: 'active', activeFlags: [] });
    notify('turn/started', { threadId, turn: turnValue(active, 'inProgress', []) });
  }

  /** The reviewer's work up to the middle of the turn; gives the function that ends the command. */
  function lookAtTheChange() {
    wholeItem(userMessage('Review the changes.'));
    wholeItem({ type: 'reasoning', id: newId('item'), summary: ['Looking at the change.'], content: [] });
    const line = 'git diff HEAD';
    const command = {
      type: 'commandExecution',
      id: newId('call'),
      command: `/bin/bash -c '${line}'`,
      cwd,
      status: 'inProgress',
      commandActions: [{ type: 'unknown', command: line }],
      aggregatedOutput: null,
      exitCode: null,
    };
    startItem(command);
    const worked = {
      status: 'completed',
      exitCode: 0,
      aggregatedOutput: 'diff --git a/README.md b/README.md\n',
    };
    const failed = { status: 'failed', exitCode: 1, aggregatedOutput: brokenSandboxText };
    return () => completeItem({ ...command, ...(sandboxWorks ? worked : failed) });
  }

  /** The raw answer is an item that never completes and, if asked for, a raw event; then comes the rendered text. */
  function answerReview() {
    const json = process.env.FAKE_CODEX_REVIEW ?? JSON.stringify(defaultReview(cwd));
    startItem(message(json));
    const item = {
      type: 'message',
      role: 'assistant',
      id: newId('msg'),
      content: [{ type: 'output_text', text: json }],
    };
    if (raw) notify('rawResponseItem/completed', { ...place, item });
    wholeItem({ type: 'exitedReviewMode', id: newId('item'), review: renderReview(json) });
    complete(renderReview(json));
  }

  function complete(text) {
    const last = message(text);
    wholeItem(last);
    end('completed', [last]);
  }

  function interrupt() {
    if (isReview) {
      wholeItem({
        type: 'exitedReviewMode',
        id: newId('item'),
        review: 'Reviewer failed to output a response.',
      });
      wholeItem(message('Review was interrupted. Please re-run /review and wait for it to complete.'));
    }
    end('interrupted', []);
  }

  function end(how, items) {
    state.over = true;
    threadStatus({ type: 'idle' });
    notify('turn/completed', { threadId, turn: turnValue(announced, how, items) });
  }

  /** A fatal error as of a review against a branch outside a repository: nothing comes after it. */
  function failWithoutCompletion() {
    threadStatus({ type: 'systemError' });
    const error = {
      message: 'fatal: not a git repository (fake)',
      codexErrorInfo: 'other',
      additionalDetails: null,
    };
    notify('error', { ...place, error, willRetry: false });
  }

  /** What Codex says for as long as there is no network. */
  function reconnect() {
    const error = {
      message: 'Reconnecting... waiting for network',
      codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } },
      additionalDetails: 'connection refused (fake)',
    };
    notify('error', { ...place, error, willRetry: true });
  }

  const isOver = () => state.over;
  return {
    announced,
    active,
    isReview,
    isOver,
    shown,
    begin,
    lookAtTheChange,
    answerReview,
    complete,
    interrupt,
    failWithoutCompletion,
    reconnect,
    wholeItem,
    message,
    place,
  };
}
