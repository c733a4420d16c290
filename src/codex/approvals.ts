import * as z from 'zod/mini';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';

const questionSchema = z.object({
  threadId: z.optional(z.string()),
  /** Of the legacy forms. */
  conversationId: z.optional(z.string()),
  command: z.optional(z.union([z.string(), z.array(z.string())])),
  reason: z.optional(z.nullable(z.string())),
});

/** What declines each kind of question (facts: app-server.md, 4.2 and 4.3), and the words for it. */
const declined: Readonly<Record<string, { answer: unknown; what: string }>> = {
  'item/commandExecution/requestApproval': { answer: { decision: 'decline' }, what: 'a command' },
  'item/fileChange/requestApproval': { answer: { decision: 'decline' }, what: 'a change of files' },
  'item/permissions/requestApproval': { answer: { permissions: {} }, what: 'more permissions' },
  'item/tool/requestUserInput': { answer: { answers: {} }, what: 'an answer of the user' },
  'mcpServer/elicitation/request': { answer: { action: 'decline' }, what: 'an answer for an MCP server' },
  execCommandApproval: { answer: { decision: 'denied' }, what: 'a command' },
  applyPatchApproval: { answer: { decision: 'denied' }, what: 'a change of files' },
};

/** Longer commands and reasons are cut in notes. Characters. */
const maxNote = 200;

/** Answers the questions that Codex asks while it works. Nobody is asked yet: each is declined, and its job says so. */
export class Approvals {
  private readonly threads = new Map<string, (note: string) => void>();

  constructor(private readonly logger: Logger) {}

  /** Declines what is asked about this thread, each with a note. */
  decline(threadId: string, onDeclined: (note: string) => void): Disposable {
    this.threads.set(threadId, onDeclined);
    return { dispose: () => this.threads.delete(threadId) };
  }

  /**
   * The answer to a request of the server.
   * @throws for a kind that is unknown: then the turn goes on without it (facts: app-server.md, 4.3).
   */
  answer(method: string, params: unknown): Promise<unknown> {
    const known = Object.hasOwn(declined, method) ? declined[method] : undefined;
    this.logger.warn(`Codex asked for ${known?.what ?? method}; it was declined.`);
    if (!known) return Promise.reject(new Error(`Tandem does not grant ${method}.`));
    const question = z.safeParse(questionSchema, params).data;
    const threadId = question?.threadId ?? question?.conversationId ?? '';
    this.threads.get(threadId)?.(noteOf(known.what, question));
    return Promise.resolve(known.answer);
  }
}

function noteOf(what: string, question: z.infer<typeof questionSchema> | undefined): string {
  const { command, reason } = question ?? {};
  const words = Array.isArray(command) ? command.join(' ') : command;
  const details = [words, reason].filter((text) => typeof text === 'string' && text !== '').join(': ');
  const cut = details.length > maxNote ? `${details.slice(0, maxNote - 1)}…` : details;
  return `Codex asked for ${what}${cut === '' ? '' : ` (${cut.replaceAll(/\s+/g, ' ')})`}; it was declined, because nobody is asked yet.`;
}
