import { type FindingInFile, asPrompt } from '../../../findings/asPrompt.ts';
import type { ReviewerId } from '../../../protocol/finding.ts';
import type { TaskOrder } from '../../../protocol/order.ts';

/** A task that is to fix the findings, of one repository. */
export function fixOrder(found: readonly FindingInFile[], agent: ReviewerId, thread: string): TaskOrder {
  const [first] = found;
  return {
    kind: 'task',
    agent,
    prompt: asPrompt(found),
    write: true,
    thread,
    model: '',
    effort: '',
    findings: found.map(({ finding }) => finding.id),
    title: found.length === 1 && first ? `Fix: ${first.finding.title}` : `Fix ${found.length} findings`,
  };
}
