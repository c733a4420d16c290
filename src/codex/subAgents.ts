import type { Disposable } from '../base/disposable.ts';
import type { AppServerNotification, ThreadItem } from '../protocol/appServer.ts';
import type { AppServerConnection } from './connection.ts';
import { type TurnState, foldTurn, initialTurnState } from './turnFold.ts';

/** A part of a thread's work, on a thread of its own. */
export interface SubAgent {
  readonly threadId: string;
  /** Of its present or last turn. */
  state: TurnState;
}

/**
 * The sub-agents that a thread starts, and theirs. The items of the thread that starts one tell of it, and what happens on
 * its thread is told too, without being asked for (measured on 0.130 and 0.169). They end with the thread: see
 * `releaseThread`.
 */
export class SubAgents implements Disposable {
  private readonly agents = new Map<string, SubAgent>();
  private readonly subscription: Disposable;

  /**
   * @param root the thread
   * @param onNew called once for each
   * @param onState called after every notification of one
   */
  constructor(
    connection: AppServerConnection,
    private readonly root: string,
    private readonly onNew: (agent: SubAgent) => void,
    private readonly onState: () => void,
  ) {
    this.subscription = connection.onNotification((told) => this.heard(told));
  }

  /** Those that somebody asks something for. */
  get areAsking(): boolean {
    return [...this.agents.values()].some(({ state }) => state.progress.waitingFor === 'approval');
  }

  /** How many have not been heard to end. */
  get running(): number {
    return [...this.agents.values()].filter(({ state }) => state.end === null).length;
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private heard(told: AppServerNotification): void {
    const { threadId } = told.params;
    const agent = this.agents.get(threadId);
    if (!agent && threadId !== this.root) return;
    if (told.method === 'item/started' || told.method === 'item/completed')
      for (const id of startedBy(told.params.item)) this.meet(id);
    if (!agent) return;
    agent.state = folded(agent.state, told);
    this.onState();
  }

  private meet(threadId: string): void {
    if (threadId === this.root || this.agents.has(threadId)) return;
    const agent = { threadId, state: initialTurnState };
    this.agents.set(threadId, agent);
    this.onNew(agent);
  }
}

/** Models in code mode (0.169) have other tools, which are told of in another way. */
function startedBy({ type, receiverThreadIds, agentThreadId }: ThreadItem): string[] {
  if (type === 'collabAgentToolCall') return receiverThreadIds;
  return type === 'subAgentActivity' && agentThreadId !== null ? [agentThreadId] : [];
}

/** The start of its first turn may be told before there is a word of the sub-agent (measured on 0.130). */
function folded(state: TurnState, told: AppServerNotification): TurnState {
  if (told.method === 'turn/started') return foldTurn(initialTurnState, told);
  if (told.method === 'item/started') return foldTurn({ ...state, activeTurn: told.params.turnId }, told);
  return foldTurn(state, told);
}
