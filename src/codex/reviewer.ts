import { nativeReviewSchema } from '../../prompts/review/reformat.ts';
import type { Logger } from '../base/logger.ts';
import type { AgentContext, ReviewAnswer, ReviewBrief, ReviewRequest, Reviewer } from '../jobs/agent.ts';
import type { JsonValue, ReviewTarget } from '../protocol/appServer.gen.ts';
import type { Target } from '../protocol/target.ts';
import { threadConfigWithoutMcp } from './mcpServers.ts';
import { type ReformatRequest, reformat } from './reformat.ts';
import { type OutputReader, readReviewAnswer } from './reviewOutput.ts';
import { userConfig } from './thread.ts';
import type { ThreadWork, WorkThread } from './threadWork.ts';
import type { TurnState } from './turnFold.ts';
import { tellTokens } from './usage.ts';

export interface CodexReviewerParts {
  threads: ThreadWork;
  /** Reads an answer of the native reviewer, and one by our own schema. */
  readNative: OutputReader;
  readStructured: OutputReader;
  carriedBy: ReformatRequest['carriedBy'];
  /** Whether the user's MCP servers may run in reviews. */
  mcpServers(): boolean;
  logger: Logger;
}

/** Codex as a reviewer: its native review, and turns with a prompt and a schema of ours. Read-only, and never asks. */
export class CodexReviewer implements Reviewer {
  readonly id = 'codex';

  constructor(private readonly parts: CodexReviewerParts) {}

  review({ brief, ...request }: ReviewRequest, context: AgentContext): Promise<ReviewAnswer> {
    const config = this.parts.mcpServers() ? userConfig : threadConfigWithoutMcp;
    const developerInstructions = brief.form === 'structured' ? '' : brief.context;
    const asked = { ...request, approvalPolicy: 'never', config, developerInstructions } as const;
    return this.parts.threads.on(asked, context, (work) =>
      brief.form === 'structured'
        ? this.structured(work, { ...brief, cwd: request.folder }, context)
        : this.native(work, brief, context),
    );
  }

  private async native(
    work: WorkThread,
    brief: Exclude<ReviewBrief, { form: 'structured' }>,
    context: AgentContext,
  ): Promise<ReviewAnswer> {
    const { connection, thread } = work;
    const target = reviewTarget(brief);
    const state = await work.run(() => connection.request('review/start', { threadId: thread.id, target }));
    const { readNative: read, logger } = this.parts;
    const said = await readReviewAnswer({ connection, thread, state, read, logger });
    return this.answer({ work, context, state, said, schema: nativeReviewSchema, read, complete: false });
  }

  private async structured(
    work: WorkThread,
    { prompt, schema, complete, cwd }: Extract<ReviewBrief, { form: 'structured' }> & { cwd: string },
    context: AgentContext,
  ): Promise<ReviewAnswer> {
    const { connection, thread } = work;
    const state = await work.run(() =>
      connection.request('turn/start', {
        threadId: thread.id,
        input: [{ type: 'text', text: prompt, text_elements: [] }],
        // Said again: a further look goes on on the thread of its review, whose folder may be gone, and 0.130 keeps it.
        cwd,
        // A schema is JSON by its nature; the protocol's type for it is closed.
        outputSchema: schema as JsonValue,
      }),
    );
    const { readStructured: read } = this.parts;
    // The answer is the last message; what came before is commentary (facts: app-server.md, 3).
    const spoken = [...state.messages, ...state.rawMessages].reverse();
    const text = spoken.find((message) => read(message) !== null) ?? state.messages.at(-1) ?? '';
    return this.answer({ work, context, state, said: { read: read(text), text }, schema, read, complete });
  }

  /** What was said, put into form where it could not be read, with what was seen of the turn. */
  private async answer({
    work,
    context,
    state,
    said,
    schema,
    read,
    complete,
  }: Finished): Promise<ReviewAnswer> {
    const { carriedBy, logger } = this.parts;
    const before = work.tokensBefore();
    tellTokens(context, [state.usage], before);
    const { commands, looks } = state;
    const seen = { text: said.text, commands, observations: looks.observations, complete };
    if (said.read !== null) return { ...seen, read: said.read };
    const request = { work, context, answer: said.text, schema, read, carriedBy, logger };
    const { read: reformatted, usage } = await reformat(request);
    tellTokens(context, [state.usage, usage], before);
    return { ...seen, read: reformatted };
  }
}

/** A turn that was completed, and what its reviewer said. */
interface Finished {
  work: WorkThread;
  context: AgentContext;
  state: TurnState;
  said: Pick<ReviewAnswer, 'read' | 'text'>;
  schema: unknown;
  read: OutputReader;
  complete: boolean;
}

function reviewTarget(brief: Exclude<ReviewBrief, { form: 'structured' }>): ReviewTarget {
  return brief.form === 'custom'
    ? { type: 'custom', instructions: brief.instructions }
    : nativeTarget(brief.target);
}

/**
 * For the others a custom target says what to look at. Codex has one for commits too, but leaves the command to the
 * model, and of a merge plain `git show` prints a combined diff, which is often empty.
 */
export function hasNativeReview(target: Target): boolean {
  return target.kind === 'working-tree' || target.kind === 'branch';
}

function nativeTarget(target: Target): ReviewTarget {
  switch (target.kind) {
    case 'working-tree':
      return { type: 'uncommittedChanges' };
    case 'branch':
      return { type: 'baseBranch', branch: target.base };
    default:
      throw new Error(`Codex has no review of its own for a target of kind ${target.kind}.`);
  }
}
