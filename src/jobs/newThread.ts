import type { AgentContext } from './agent.ts';

/**
 * The same context, which adds a note once the work turns out to go on another thread than the one that it was to go on.
 * @param wanted null where the review's thread is not known any more
 */
export function noteNewThread<T extends AgentContext>(wanted: string | null, context: T): T {
  return {
    ...context,
    onProgress: (progress) => {
      context.onProgress(progress);
      if (progress.threadId !== undefined && progress.threadId !== wanted) context.onProgress({ note });
    },
  };
}

const note =
  'Codex no longer has the thread of the review. This was done on a new one, which was told what is known.';
