import { LimitReached, UserError } from '../base/errors.ts';
import { oneLine } from '../base/printable.ts';
import { claudeWindow } from '../protocol/budget.ts';
import { resetText, windowName } from '../protocol/limitText.ts';
import type { Exit } from './headlessProcess.ts';
import { loginAdvice } from './login.ts';
import type { ReachedLimit, RunState } from './streamFold.ts';
import type { StreamMessage } from './streamMessage.ts';

/** What went wrong with a run that has no answer. Facts: claude-code.md, 5.5. @param lastWords of its stderr */
export function failureOfRun({ result, limit }: RunState, exit: Exit, lastWords: string): UserError {
  if (limit !== null) return limitFailure(limit);
  if (result === null) return unfinished(exit, lastWords);
  const text = oneLine(result.result || result.errors.join('; ') || result.subtype, maxText);
  const known = endings[result.subtype];
  if (known) return new UserError(known.message, known.advice);
  return new UserError(`Claude could not finish: ${text}`, adviceFor(result, text));
}

/** Characters of the vendor's words. */
const maxText = 300;

function unfinished({ words }: Exit, lastWords: string): UserError {
  const said = oneLine(lastWords, maxText);
  const isOld = /unknown option/i.test(said);
  return new UserError(
    `Claude Code ${words} before it had an answer${said === '' ? '.' : `: ${said}`}`,
    isOld ? 'Update Claude Code: `claude update`.' : 'Start it again; `Tandem: Show Log` has the details.',
  );
}

const endings: Readonly<Record<string, { message: string; advice: string }>> = {
  error_max_budget_usd: {
    message: 'Claude had spent its budget before it had an answer.',
    advice: 'Raise the setting `tandem.claude.budget`, or give it less to do.',
  },
  error_max_turns: {
    message: 'Claude was at its limit of turns before it had an answer.',
    advice: 'Give it less to do.',
  },
  error_max_structured_output_retries: {
    message: 'Claude gave no answer in the form that was asked for.',
    advice: 'Start it again, with another model if it happens again (setting `tandem.claude.model`).',
  },
};

function limitFailure({ kind, resetsAt }: ReachedLimit): LimitReached {
  const window = claudeWindow(kind, null, null);
  const name = window.minutes === null ? 'usage limit' : windowName(window);
  const until = resetsAt === null ? '' : `; it resets ${resetText(resetsAt, Date.now())}`;
  return new LimitReached(
    `Claude’s ${name} is reached${until}.`,
    resetsAt,
    'Start it again then, or let Codex do it. What is known so far is kept.',
  );
}

function adviceFor({ api_error_status: status }: StreamMessage, text: string): string {
  if (status === 401 || status === 403 || /not logged in|invalid api key/i.test(text)) return loginAdvice;
  if (status === 404 || /selected model/i.test(text))
    return 'Choose another model: the setting `tandem.claude.model`, or `--model`.';
  if (/credit balance/i.test(text)) return 'Add credit to the account, or log in with another one.';
  if (/too long/i.test(text)) return 'Give it less at once: fewer files, or a smaller range.';
  if (/connect/i.test(text)) return 'Check the network connection, then start it again.';
  if (status === 429) return 'Wait a while, then start it again.';
  return 'Start it again; `Tandem: Show Log` has the details.';
}
