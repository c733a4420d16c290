import * as vscode from 'vscode';
import { orderOf } from '../../app/delegation.ts';
import { CancelledError, UsageError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';
import { askContext } from '../taskContext.ts';
import { chooseJob } from './chooseJob.ts';
import { offerToSave } from './offerToSave.ts';

const title = 'Delegate Task to Codex';

type DelegateParts = Pick<CommandParts, 'app' | 'leaving'>;

/** On which thread a task works. */
interface Thread {
  /** `fresh`, or an id. */
  readonly thread: string;
  /** On a copy of it. */
  readonly fork?: boolean;
}

/** Asks what Codex is to do, and lets it do that. */
export async function delegateTask({ app, leaving }: DelegateParts): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app);
  await delegate({ app, leaving }, repository, async () => {
    const resumable = await app.orders.resumable(repository, null);
    return resumable === null ? { thread: 'fresh' } : askThread(resumable);
  });
}

/** The same on a copy of the thread of a job that has ended. */
export async function delegateOnCopy(
  { app, leaving, list }: DelegateParts & Pick<CommandParts, 'list'>,
  from?: unknown,
): Promise<void> {
  app.requireTrust();
  const { repository, threadId } = await chooseJob({ app, list }, from, {
    placeholder: 'From which job is Codex to go on?',
    fits: ({ job }) => job.threadId !== null && job.endedAt !== null,
    none: 'No job has a thread that can be copied.',
  });
  if (threadId === null) throw new UsageError('This job has no thread of Codex.');
  await delegate({ app, leaving }, repository, () => Promise.resolve({ thread: threadId, fork: true }));
}

async function delegate(
  { app, leaving }: DelegateParts,
  repository: string,
  chooseThread: () => Promise<Thread>,
): Promise<void> {
  const task = await askPrompt();
  const write = await askAccess();
  const context = await askContext(app, repository, title);
  const thread = await chooseThread();
  await offerToSave([repository]);
  await leaving.confirmWork('task', ['codex'], repository);
  const asker = { cwd: repository, origin: 'editor', session: null } as const;
  await app.place(orderOf({ task, write, context, ...thread }), asker);
}

async function askPrompt(): Promise<string> {
  const prompt = await vscode.window.showInputBox({
    title,
    prompt: 'What is Codex to do?',
    placeHolder: 'For example: find out why the tests of price.ts fail, and fix it',
    // Whoever looks something up in the meantime keeps the text.
    ignoreFocusOut: true,
  });
  if (prompt === undefined || prompt.trim() === '') throw new CancelledError();
  return prompt.trim();
}

async function askAccess(): Promise<boolean> {
  const write = { label: 'It may change files', description: 'inside this repository only' };
  const read = { label: 'Read only', description: 'it looks around and answers' };
  const picked = await vscode.window.showQuickPick([write, read], {
    title,
    placeHolder: 'What may Codex do?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  return picked === write;
}

async function askThread({ title: former, threadId }: Job): Promise<Thread> {
  const fresh = { label: 'Start anew', description: 'Codex knows nothing of earlier tasks' };
  const resume = { label: 'Go on with the last task', description: former };
  const copy = {
    label: 'Go on in a copy',
    description: 'the last task stays as it is; what is not applied of it is left out',
  };
  const picked = await vscode.window.showQuickPick([fresh, resume, copy], {
    title,
    placeHolder: 'In a new thread of Codex, in the one of the last task, or in a copy of that one?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  if (picked === fresh || threadId === null) return { thread: 'fresh' };
  return { thread: threadId, fork: picked === copy };
}
