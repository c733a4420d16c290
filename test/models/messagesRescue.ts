import { objectOf, textOf } from '../support/json.ts';
import { type MessageStreamReply, says, usesTool } from './messagesReply.ts';
import { type MessagesRequest } from './messagesRequest.ts';

/** The options of the question whether a thread goes on. */
export const goOn = 'Go on with it';
export const startFresh = 'Start fresh';

/** By these words of its prompt (prompts/plugin/agents) the subagent is known. */
const subagentWords = 'You hand one task over to Codex';
const subagent = 'codex:codex-rescue';
const taskTool = 'mcp__plugin_codex_tandem__task';

/**
 * A stand-in Claude that does what the texts of `/codex:rescue` and of its subagent say: asks where it is to ask, hands the
 * task over word for word, and repeats the answer. Undefined for everything else.
 */
export function rescueReply(request: MessagesRequest): MessageStreamReply | undefined {
  if (request.systemText.includes(subagentWords)) return asSubagent(request);
  const element = /<tandem-request>\n(\{.*?\n\})\n<\/tandem-request>/s.exec(request.turnText)?.[1];
  if (element === undefined) return undefined;
  const ended = /<result>(.*?)<\/result>/s.exec(request.notification)?.[1];
  return ended === undefined ? asMain(request, objectOf(JSON.parse(element))) : says(unescaped(ended));
}

/** 2.1.330 escapes what a subagent in the background said. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function asSubagent({ turnText, toolResults }: MessagesRequest): MessageStreamReply {
  const answer = toolResults.at(-1);
  if (answer !== undefined) return says(answer);
  const task = /\{\n {2}"kind": "task",.*?\n\}/s.exec(turnText)?.[0] ?? '';
  const { prompt, write, model, effort, thread, mode } = objectOf(JSON.parse(task));
  return usesTool(taskTool, { prompt, write, model, effort, thread, mode });
}

function asMain(
  { toolResults, tools }: MessagesRequest,
  { resumable, ...task }: Readonly<Record<string, unknown>>,
): MessageStreamReply {
  const asks = task['thread'] === 'ask';
  const answer = asks ? toolResults[0] : '';
  if (answer === undefined) return question(textOf(objectOf(resumable)['title']));
  const handedOver = toolResults[asks ? 1 : 0];
  if (handedOver !== undefined) return says(handedOver);
  const thread = asks ? (answer.includes(goOn) ? 'resume' : 'fresh') : task['thread'];
  // The program has had both names for it.
  return usesTool(tools.includes('Agent') ? 'Agent' : 'Task', {
    subagent_type: subagent,
    description: 'Hand over to Codex',
    // The element escapes `<`. To no use here: the program unescapes what a model writes for a tool (measured).
    prompt: JSON.stringify({ ...task, thread }, null, 2),
  });
}

function question(title: string): MessageStreamReply {
  const options = [
    { label: goOn, description: `The thread of “${title}”` },
    { label: startFresh, description: 'Codex begins anew' },
  ];
  const ask = { question: 'Go on with the last task?', header: 'Thread', multiSelect: false, options };
  return usesTool('AskUserQuestion', { questions: [ask] });
}
