import type { Disposable } from '../base/disposable.ts';
import { UserError } from '../base/errors.ts';
import type { AgentContext } from '../jobs/agent.ts';
import type { Approvals, Worker } from './approvals.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { type SubAgent, SubAgents } from './subAgents.ts';
import type { WorkThread } from './threadWork.ts';
import { type TurnState, initialTurnState } from './turnFold.ts';

export interface TaskTurnParts {
  approvals: Approvals;
  /** Id of the job. */
  job: string;
  /** See `Worker`. */
  asksToLeave: boolean;
  /** See `Worker`. */
  beforeAllowed?: () => Promise<void>;
}

/**
 * The turn of a task while it runs: the user may add something, and is asked what it and its sub-agents ask. The caller
 * keeps `state`.
 */
export class TaskTurn implements Disposable {
  state: TurnState = initialTurnState;
  readonly threadId: string;
  private readonly connection: AppServerConnection;
  private readonly agents: SubAgents;
  private readonly asking: Disposable[];
  private isWaiting = false;

  constructor(
    { connection, thread }: WorkThread,
    private readonly parts: TaskTurnParts,
    private readonly context: AgentContext,
  ) {
    this.connection = connection;
    this.threadId = thread.id;
    this.asking = [this.listen(this)];
    this.agents = new SubAgents(
      connection,
      thread.id,
      (agent) => void this.asking.push(this.listen(agent)),
      () => this.tellWaiting(),
    );
    context.onControl?.({ steer: (text) => this.steer(this, text) });
  }

  /** What it left running, and what ends with its thread, in words; empty for nothing. */
  leftText(): string {
    const counts = [
      counted(this.state.openCommands.length, 'command'),
      counted(this.agents.running, 'sub-agent'),
    ];
    const left = counts.filter((text) => text !== '').join(' and ');
    return left === '' ? '' : `Codex left ${left} running: ended with the task.`;
  }

  dispose(): void {
    this.agents.dispose();
    for (const one of this.asking) one.dispose();
    this.context.onControl?.(null);
  }

  private listen(agent: SubAgent): Disposable {
    const { approvals, job, asksToLeave, beforeAllowed } = this.parts;
    const worker: Worker = {
      ...{ job, asksToLeave, ...(beforeAllowed && { beforeAllowed }) },
      note: (note) => this.context.onProgress({ note }),
      changesOf: (itemId) => agent.state.openChanges[itemId] ?? [],
      steer: (text) => this.tell(agent, text),
    };
    return approvals.listen(agent.threadId, worker);
  }

  /** The turn itself tells of its own questions. */
  private tellWaiting(): void {
    const { areAsking } = this.agents;
    if (areAsking === this.isWaiting) return;
    this.isWaiting = areAsking;
    const isAsking = areAsking || this.state.progress.waitingFor === 'approval';
    this.context.onProgress({ waitingFor: isAsking ? 'approval' : null });
  }

  /** Sub-agents of models in code mode hear of nobody but the thread that started them (measured, 0.169). */
  private async tell(agent: SubAgent, text: string): Promise<void> {
    try {
      await this.steer(agent, text);
    } catch (error) {
      if (agent.threadId === this.threadId || !(error instanceof AppServerError)) throw error;
      await this.steer(this, text);
    }
  }

  /** @throws UserError where there is no turn (any more), or Codex refuses */
  private async steer({ threadId, state: { activeTurn, end } }: SubAgent, text: string): Promise<void> {
    if (activeTurn === null || end !== null)
      throw new UserError('Codex does not work on this now.', 'Resume its thread with a new task.');
    await this.connection.request('turn/steer', {
      threadId,
      expectedTurnId: activeTurn,
      input: [{ type: 'text', text, text_elements: [] }],
    });
  }
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}
