import { UserError } from '../base/errors.ts';
import type { Permit, Permits } from '../jobs/permits.ts';
import { voiceName } from '../protocol/finding.ts';
import { type Order, type ReviewChoice, type TaskOrder, reviewChoiceName } from '../protocol/order.ts';

export interface ConsentParts {
  permits: Permits;
  policy(): 'never' | 'ask' | 'yes';
  /** Who reviews where an order does not say. */
  reviewer(): ReviewChoice;
  /** Left out where nobody can be asked. */
  ask?: (what: string) => Promise<boolean>;
}

/** Whether Claude's model may start something of its own accord. What the user typed a command for needs no question. */
export class Consent {
  constructor(private readonly parts: ConsentParts) {}

  /**
   * The order as it may be placed: the words of a task that the user typed are the user's.
   * @throws UserError, in words that tell Claude what the user may do about it
   */
  async require(order: Order, session: string | null): Promise<Order> {
    const { permits, ask } = this.parts;
    if (order.kind === 'task' && session !== null) {
      const typed = asTyped(order, await permits.take(session));
      if (typed !== null) return typed;
    }
    const policy = this.parts.policy();
    if (policy === 'yes') return order;
    const what = orderText(order, this.parts.reviewer());
    if (policy === 'never')
      throw new UserError(
        `The user does not want Claude to start ${what} by itself.`,
        'They can ask for it with /codex:review, /codex:adversarial-review or /codex:rescue.',
      );
    if (!ask)
      throw new UserError(
        `Nobody can be asked here whether Claude may start ${what}: no VS Code window has this folder open.`,
        'The user can type the slash command, or set TANDEM_MODEL_MAY_REVIEW=yes.',
      );
    if (!(await ask(what))) throw new UserError(`The user does not want Claude to start ${what} now.`);
    return order;
  }
}

/** The task with the user's own words, behind which Claude may have added some; null if it is not what was permitted. */
function asTyped(order: TaskOrder, permit: Permit | null): TaskOrder | null {
  if (permit === null || (order.write && !permit.write)) return null;
  const words = permit.prompt.trim();
  const said = order.prompt.trimStart();
  if (said.startsWith(words)) return order;
  const [changed, whole] = [unescaped(words), unescaped(said)];
  return whole.startsWith(changed) ? { ...order, prompt: words + whole.slice(changed.length) } : null;
}

/** Claude Code does this to every text that its model writes for a tool (measured on 2.1.197 and 2.1.330). */
function unescaped(text: string): string {
  return text.replaceAll(
    /(?<!\\)((?:\\\\)*)\\u([0-9a-f]{4})/gi,
    (_, backslashes: string, code: string) => backslashes + String.fromCharCode(parseInt(code, 16)),
  );
}

/** In words for the user who is asked. */
function orderText(order: Order, reviewer: ReviewChoice): string {
  switch (order.kind) {
    case 'review':
      return `a review by ${reviewChoiceName(order.reviewer ?? reviewer)}`;
    case 'adversarial-review':
      return `an adversarial review by ${reviewChoiceName(order.reviewer ?? reviewer)}`;
    case 'task':
      return `${taskText(order)}: “${beginning(order.prompt)}”`;
    case 'transfer':
      return 'a transfer of this session to Codex';
    case 'question':
      return `a question to the reviewer about a finding: “${beginning(order.text)}”`;
    case 'proof':
      return 'a look by the reviewer whether a finding is fixed';
    case 'cross-examination':
      return 'a look by the other agent whether a finding is right';
    case 'tie-break':
      return `a tie-break by ${voiceName(order.agent)} on a finding`;
    case 'second-opinion':
      return `a second opinion by ${voiceName(order.agent)} on findings that may be the same`;
    case 'more':
      return 'a further look by the reviewer';
  }
}

function taskText({ write, agent = 'codex' }: TaskOrder): string {
  const name = voiceName(agent);
  return write ? `a task of ${name} that may change files` : `a read-only task of ${name}`;
}

/** Longer prompts are cut in the question. Characters. */
const maxPrompt = 120;

function beginning(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxPrompt ? `${line.slice(0, maxPrompt - 1)}…` : line;
}
