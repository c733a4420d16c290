import { type HandedChange, handOverPrompt } from '../../prompts/task/handOver.ts';
import { UserError } from '../base/errors.ts';
import type { AppServer } from '../codex/appServer.ts';
import { readThreadConversation } from '../codex/threadConversation.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { inWordsOf, reviewBy } from '../findings/statements.ts';
import { type Change, describeChange } from '../git/change.ts';
import type { ExcludeOptions } from '../git/excludes.ts';
import type { GitOptions } from '../git/git.ts';
import type { Job } from '../jobs/job.ts';
import { priorities } from '../protocol/finding.ts';
import { isOpen } from '../protocol/knownFinding.ts';
import type { ChangeTarget } from '../protocol/target.ts';
import { type ChangeState, isPending } from '../protocol/taskChange.ts';
import type { TaskChanges } from './taskChanges.ts';

export interface ContinuationParts {
  appServer: Pick<AppServer, 'use'>;
  findings: Pick<FindingStore, 'of'>;
  changes: Pick<TaskChanges, 'read'>;
  git(): GitOptions & ExcludeOptions;
}

/**
 * What another agent is told that is to go on with a job: what was said on its thread, what is still open of its findings,
 * and the change that it is about. The thread itself stays as it is.
 * @throws UserError if the job has no thread, or Codex no longer has it
 */
export async function continuationOf(parts: ContinuationParts, job: Job): Promise<string> {
  const { threadId, title, repository, id, reviewer } = job;
  if (threadId === null) throw new UserError('This job has no thread of Codex to go on with.');
  const conversation = await parts.appServer.use((connection) =>
    readThreadConversation(connection, threadId),
  );
  const known = await parts.findings.of(repository);
  const findings = known
    .filter((finding) => reviewBy(finding, reviewer) === id && isOpen(finding))
    // Another reviewer may have said the same: what was said on this thread is in its own words.
    .map((finding) => inWordsOf(finding, reviewer))
    .sort((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority));
  return handOverPrompt({ title, conversation, findings, change: await changeOf(parts, job) });
}

async function changeOf(parts: ContinuationParts, job: Job): Promise<HandedChange | null> {
  const { target, repository } = job;
  if (target) {
    if (target.kind === 'files' || target.kind === 'selection' || target.kind === 'plan') return null;
    return handed('The change that was reviewed, as it is now:', await describe(parts, repository, target));
  }
  const made = job.kind === 'task' ? await parts.changes.read(job) : null;
  const to = made?.result ?? null;
  if (made === null || to === null || made.files.length === 0) return null;
  const { base: from, state } = made;
  const change = await describe(parts, repository, { kind: 'turn', from, to, files: 0, lines: null });
  const where = isPending(made) && state !== 'partly applied' ? ' It is not in the working tree.' : '';
  return handed(`The change that the task made (${stateWords[state]}).${where}`, change);
}

const stateWords: Readonly<Record<ChangeState, string>> = {
  running: 'still being made',
  pending: 'the user has not decided about it yet',
  applied: 'it is in the working tree',
  'partly applied': 'a part of it is in the working tree',
  undone: 'it was applied and taken back',
  'kept as a branch': 'it is on a branch of its own',
  discarded: 'the user has discarded it',
  continued: 'a later task went on with it',
  none: 'it came to nothing',
};

function describe(parts: ContinuationParts, repository: string, target: ChangeTarget): Promise<Change> {
  return describeChange(repository, target, parts.git());
}

function handed(what: string, { diff, summary, leftOut, notes }: Change): HandedChange {
  const names = leftOut.map(({ file, reason }) => `${JSON.stringify(file)} (${reason})`).join(', ');
  return { what, diff, summary, notes: names === '' ? notes : [`Not shown: ${names}.`, ...notes] };
}
