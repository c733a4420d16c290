import { Buffer } from 'node:buffer';
import { createFakeTurn } from './fakeTurn.mjs';

/** Threads of the fake App Server, and how its turns go wrong. Each answer is `{ result | error, then? }`; neither means no answer. */
export function createFakeThreads(behaviour, { send, sendBytes, exitWhenWritten }) {
  const threads = new Map();
  let count = 0;
  let afterClientsAnswer;
  let hasFailed = false;

  const newId = (kind) => `fake-${kind}-${(count += 1)}`;
  const notify = (method, params) => send({ method, params, emittedAtMs: Date.now() });

  const answers = {
    'thread/start': startThread,
    'thread/resume': resumeThread,
    'thread/read': (params) => onThread(params, readThread),
    'review/start': (params) => (behaviour === 'silence' ? {} : onThread(params, startReview)),
    'turn/start': (params) => onThread(params, startTurn),
    'turn/interrupt': (params) => onThread(params, (thread) => interrupt(thread, params.turnId)),
    'thread/list': () => ({ result: { data: [], nextCursor: null } }),
    'thread/name/set': () => ({ result: {} }),
    'thread/archive': () => ({ result: {} }),
    'thread/unarchive': () => ({ result: {} }),
    'thread/unsubscribe': () => ({ result: { status: 'unsubscribed' } }),
    'thread/backgroundTerminals/clean': () => ({ result: {} }),
  };

  function onThread(params, act) {
    const thread = threads.get(params.threadId);
    return thread === undefined ? { error: `thread not found: ${params.threadId}` } : act(thread);
  }

  function startThread(params, client) {
    const raw = params.experimentalRawEvents === true;
    if (raw && !client.experimental) {
      return { error: 'thread/start.experimentalRawEvents requires experimentalApi capability' };
    }
    const thread = { id: newId('thread'), cwd: params.cwd, raw, turn: undefined };
    threads.set(thread.id, thread);
    const shown = shownThread(thread, params.ephemeral === true);
    return { result: startedThread(shown), then: () => notify('thread/started', { thread: shown }) };
  }

  /** A thread of an earlier server: this one has not seen it, but finds its file. */
  function resumeThread({ threadId, cwd }) {
    const thread = { id: threadId, cwd, raw: false, turn: undefined };
    threads.set(threadId, thread);
    return { result: startedThread(shownThread(thread, false)) };
  }

  function readThread(thread) {
    if (behaviour === 'freezesMidTurn') return {};
    const { turn } = thread;
    const isActive = turn !== undefined && !turn.isOver() && behaviour !== 'lostTurn';
    const status = isActive ? { type: 'active', activeFlags: [] } : { type: 'idle' };
    return { result: { thread: { ...shownThread(thread, false), status } } };
  }

  function startReview(thread) {
    const turn = newTurn(thread, true);
    const then = () => {
      turn.begin();
      const endCommand = turn.lookAtTheChange();
      misbehave(turn, () => {
        endCommand();
        turn.answerReview();
      });
    };
    return { result: { turn: turn.shown(), reviewThreadId: thread.id }, then };
  }

  function startTurn(thread) {
    const turn = newTurn(thread, false);
    const then = () => {
      turn.begin();
      misbehave(turn, () => turn.complete('Fake App Server: there is no model here.'));
    };
    return { result: { turn: turn.shown() }, then };
  }

  function newTurn(thread, isReview) {
    const { id: threadId, cwd, raw } = thread;
    const sandboxWorks = behaviour !== 'sandboxBroken';
    thread.turn = createFakeTurn({ threadId, cwd, raw, isReview, sandboxWorks, newId, notify });
    return thread.turn;
  }

  function interrupt({ turn }, turnId) {
    if (turn === undefined || turn.isOver()) return { error: 'no active turn to interrupt' };
    if (turnId !== '' && turnId !== turn.active) {
      return { error: `expected active turn id ${turnId} but found ${turn.active}` };
    }
    return behaviour === 'ignoresInterrupt' ? { result: {} } : { result: {}, then: () => turn.interrupt() };
  }

  /** What the behaviour does in the middle of a turn; `goOn` leads to the normal end. */
  function misbehave(turn, goOn) {
    switch (behaviour) {
      case 'ignoresInterrupt':
      case 'stalledTurn':
      case 'lostTurn':
      case 'freezesMidTurn':
        return;
      case 'offline':
        turn.reconnect();
        return;
      case 'asksApproval':
        afterClientsAnswer = goOn;
        send({
          id: 0,
          method: 'item/commandExecution/requestApproval',
          params: { ...turn.place, itemId: 'fake-call', command: 'rm -rf build', reason: 'Start clean' },
        });
        return;
      case 'exitMidTurn':
        process.stderr.write(
          "thread 'main' panicked at fake/src/main.rs:1:1:\nfake panic in the middle of a turn\n",
        );
        exitWhenWritten(101);
        return;
      case 'halfLine':
        sendBytes(Buffer.from('{"method":"item/completed","params":{"item":{"type":"agentMe'));
        exitWhenWritten(0);
        return;
      case 'errorWithoutCompletion':
        if (hasFailed) break;
        hasFailed = true;
        turn.failWithoutCompletion();
        return;
      case 'unknownRequest':
        afterClientsAnswer = () => {
          if (!turn.isOver()) goOn();
        };
        send({
          id: 0,
          method: 'weather/askUser',
          params: { threadId: turn.place.threadId, question: 'Will it rain?' },
        });
        return;
      case 'garbageLine':
        sendBytes(
          Buffer.from('this is not JSON\n\n[1,2,3]\n{"neither":"request nor answer"}\n{"broken": \n'),
        );
        sendBytes(Buffer.from([0xff, 0xfe, 0x0a]));
        break;
      case 'hugeLine':
        turn.wholeItem(turn.message('x'.repeat(64 * 1024 * 1024)));
        break;
      case 'manyNotifications':
        for (let line = 0; line < 10_000; line += 1) {
          notify('item/commandExecution/outputDelta', {
            ...turn.place,
            itemId: 'fake-call',
            delta: `output line ${line}\n`,
          });
        }
        break;
    }
    goOn();
  }

  return {
    answers,
    /** The client answered a request of ours, with a result or with an error. */
    clientAnswered: () => afterClientsAnswer?.(),
  };
}

function shownThread({ id, cwd }, ephemeral) {
  const now = Math.floor(Date.now() / 1000);
  return {
    id,
    sessionId: id,
    forkedFromId: null,
    parentThreadId: null,
    preview: '',
    ephemeral,
    modelProvider: 'fake',
    createdAt: now,
    updatedAt: now,
    status: { type: 'idle' },
    path: null,
    cwd,
    cliVersion: '0.169.0',
    source: 'vscode',
    gitInfo: null,
    name: null,
    turns: [],
  };
}

function startedThread(thread) {
  return {
    thread,
    model: 'gpt-5.5',
    modelProvider: 'fake',
    serviceTier: null,
    cwd: thread.cwd,
    approvalPolicy: 'never',
    approvalsReviewer: 'user',
    sandbox: { type: 'readOnly', networkAccess: false },
    reasoningEffort: null,
  };
}
