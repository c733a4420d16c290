import { oneLine } from '../base/printable.ts';
import type { Observation } from '../jobs/agent.ts';
import { type Looks, shortened, withObservation } from '../jobs/observations.ts';
import type { ThreadItem } from '../protocol/appServer.ts';

/*
 * What an agent was seen looking at, from the items of its turn. They are the same for models with function tools and for
 * those that write JavaScript (facts: app-server.md, 1.4). Of the latter, the script may have looked at less than what its
 * commands printed: nothing tells.
 */

/**
 * A model is given at most 10,000 tokens of what a command prints, its beginning and its end (measured on 0.130 and 0.169);
 * so much of both is kept. It may have asked for less. Characters.
 */
const maxHalf = 20_000;

const maxCommand = 1_000;
const maxReads = 50;

/** With a command or tool call that has ended. Pure. */
export function withLook(looks: Looks, item: ThreadItem): Looks {
  return withObservation(looks, observed(item));
}

function observed(item: ThreadItem): Observation {
  const { commandActions: actions } = item;
  const onlyReads = actions.every(({ type }) => type === 'read');
  const reads = onlyReads ? actions.flatMap(({ path }) => (path === null ? [] : [path])) : [];
  return {
    command: oneLine(item.type === 'mcpToolCall' ? toolName(item) : commandLine(item), maxCommand),
    succeeded: item.status === 'completed',
    folder: item.cwd ?? '',
    reads: reads.slice(0, maxReads),
    output: shortened(item.aggregatedOutput ?? '', maxHalf),
  };
}

function toolName({ server, tool }: ThreadItem): string {
  return [server, tool].filter((part) => part !== null).join(' ');
}

/** What the model wrote, rather than the shell's call of it, where Codex tells that. */
function commandLine({ command, commandActions }: ThreadItem): string {
  const parts = [...new Set(commandActions.map((action) => action.command ?? ''))].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? (command ?? '') : parts.join('; ');
}
