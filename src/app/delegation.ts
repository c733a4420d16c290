import { type TaskContext, taskWithContext } from '../../prompts/task/context.ts';
import type { TaskOrder } from '../protocol/order.ts';

export type { TaskContext } from '../../prompts/task/context.ts';

/** A task as the user delegates it in the editor. */
export interface Delegation extends Pick<TaskOrder, 'write' | 'thread' | 'fork'> {
  /** In the user's own words. */
  readonly task: string;
  readonly context: TaskContext;
}

/** The order is called by the user's words, whatever is given along. */
export function orderOf({ task, context, ...order }: Delegation): TaskOrder {
  const prompt = taskWithContext(task, context);
  return { ...order, kind: 'task', title: task, prompt, model: '', effort: '' };
}
