import path from 'node:path';
import { readPatch } from '../git/patch.ts';
import type { PlanStep, WorkSoFar } from '../jobs/agent.ts';
import { plainText } from './errorMessage.ts';

/** Below a job that runs: a step of its plan, a file that it has changed so far, or how many more there are. */
export interface WorkNode {
  /** Unique in the tree. */
  readonly key: string;
  /** Text of a model, plain. */
  readonly label: string;
  readonly description: string;
  /** Name of a codicon; null for the icon of the file's own kind. */
  readonly icon: string | null;
  /** What a screen reader says. */
  readonly spoken: string;
  /** What can be looked at; null for anything else. */
  readonly file: WorkFile | null;
}

/** A file that a job has changed so far. */
export interface WorkFile {
  /** Id of the job. */
  readonly job: string;
  /** As the agent's diff names it: relative to where the job works, if it is a file there at all. */
  readonly name: string;
}

/** Of more files there is only a count. */
const maxFiles = 50;

const icons: Readonly<Record<PlanStep['state'], string>> = {
  pending: 'circle-outline',
  inProgress: 'play-circle',
  completed: 'pass',
};
const states: Readonly<Record<PlanStep['state'], string>> = {
  pending: 'to do',
  inProgress: 'at work',
  completed: 'done',
};

/** The plan, then the files. A work's object never changes, so that each is read once, however often it is drawn. */
const drawn = new WeakMap<WorkSoFar, readonly WorkNode[]>();

export function workNodes(job: string, work: WorkSoFar | null): readonly WorkNode[] {
  if (work === null) return [];
  const known = drawn.get(work);
  if (known) return known;
  const nodes = [...work.plan.map((step, index) => stepNode(job, step, index)), ...fileNodes(job, work.diff)];
  drawn.set(work, nodes);
  return nodes;
}

function stepNode(job: string, { text, state }: PlanStep, index: number): WorkNode {
  const label = plainText(text);
  const spoken = `Step ${index + 1}, ${states[state]}: ${label}`;
  return { key: `${job}/step/${index}`, label, description: '', icon: icons[state], spoken, file: null };
}

function fileNodes(job: string, diff: string): WorkNode[] {
  const counts = changedLines(diff);
  const nodes = [...counts].slice(0, maxFiles).map(([name, { added, deleted }]) => {
    const [base, folder] = [path.posix.basename(name), path.posix.dirname(name)];
    const lines = [`+${added}`, `−${deleted}`, ...(folder === '.' ? [] : [folder])].join(' ');
    return {
      key: `${job}/file/${name}`,
      label: plainText(base),
      description: plainText(lines),
      icon: null,
      spoken: plainText(`${name}, ${added} lines added, ${deleted} deleted`),
      file: { job, name },
    };
  });
  const more = counts.size - nodes.length;
  if (more <= 0) return nodes;
  const label = `… and ${more === 1 ? '1 more file' : `${more} more files`}`;
  return [...nodes, { key: `${job}/more`, label, description: '', icon: 'files', spoken: label, file: null }];
}

function changedLines(diff: string): Map<string, { added: number; deleted: number }> {
  const counts = new Map<string, { added: number; deleted: number }>();
  for (const { file, added, deleted } of readPatch(diff)) {
    const before = counts.get(file) ?? { added: 0, deleted: 0 };
    counts.set(file, { added: before.added + added.length, deleted: before.deleted + deleted.length });
  }
  return counts;
}
