import type { Observation } from '../jobs/agent.ts';
import type { Evidence } from '../protocol/evidence.ts';
import type { Failure, Verdict } from '../protocol/job.ts';
import type { ReadOutput } from './finding.ts';

/** What the reviewer was seen doing; see `CommandCount` in jobs/agent.ts. */
export interface Looked {
  succeeded: number;
  failed: number;
  lastFailure: string | null;
}

/** Whether a reviewer could know what it speaks of. */
export interface Ground {
  commands: Looked;
  /** The reviewer was handed the whole change. */
  complete: boolean;
  /** There was nothing that it could have been shown. */
  nothingToSee: boolean;
  /** Not one of the change's hunks was shown; without hunks, nothing of the files. */
  showedNothing: boolean;
  /** What the sandbox said to a command that it did not let run; null where none was stopped. */
  blocked: string | null;
}

export interface Judgement {
  verdict: Extract<Verdict, 'clean' | 'findings' | 'inconclusive'>;
  /** Why there is no verdict; null where there is one. */
  reason: Failure | null;
  /** Of `findings`: why it is not clean either if none of them counts; null where the reviewer was seen looking. */
  unseen: Failure | null;
}

/**
 * @param looked whether it was seen looking at some of the files, where no hunks tell; null where that is not known, and `nothing`
 * where there was none
 */
export function groundOf(
  {
    commands,
    complete,
    observations,
  }: { commands: Looked; complete: boolean; observations: readonly Observation[] },
  { hunks, notLookedAtCount }: Evidence,
  looked: boolean | 'nothing' | null,
): Ground {
  const nothingToSee = looked === 'nothing';
  const showedNothing =
    looked === null ? hunks !== null && hunks > 0 && notLookedAtCount === hunks : nothingToSee || !looked;
  return { commands, complete, nothingToSee, showedNothing, blocked: sandboxFailure(observations) };
}

/** Words of the sandboxes of Linux and macOS, and of Codex for a file that they let it not write (facts: app-server.md, 4.5). */
const sandboxWords = /^.*(?:^bwrap: |Failed to write file|landlock|sandbox-exec: |sandbox_apply: ).*$/im;

function sandboxFailure(observations: readonly Observation[]): string | null {
  for (const { succeeded, output } of observations) {
    const words = succeeded ? null : sandboxWords.exec(output.slice(0, maxFailure));
    if (words) return words[0].trim();
  }
  return null;
}

/** What a program that could not be started says is short. Characters. */
const maxFailure = 2_000;

/**
 * What a completed review says, never better than its evidence: `clean` needs a positive statement by a reviewer
 * that was shown some of the change, or was handed all of it.
 */
export function judge(read: ReadOutput | null, text: string, ground: Ground): Judgement {
  const { commands, complete, showedNothing, blocked } = ground;
  const unseen = unseenOf(ground);
  const allFailed = commands.succeeded === 0 && commands.failed > 0;
  if (!complete && (allFailed || (showedNothing && blocked !== null)))
    return inconclusive(couldNotLook(ground));
  if (!read) return inconclusive(unreadable(text));
  if (read.output.findings.length > 0)
    return {
      verdict: 'findings',
      reason: null,
      unseen: unseen === null ? null : withoutLook(dismissedOnly, unseen),
    };
  const { correctness } = read.output;
  if (correctness === '')
    return inconclusive({
      message: 'The reviewer listed no findings, and did not say that the change is correct.',
    });
  if (!saysCorrect(correctness))
    return inconclusive({ message: `The reviewer lists no findings, but says “${correctness}”.` });
  if (unseen !== null) return inconclusive(withoutLook('The reviewer found nothing', unseen));
  return { verdict: 'clean', reason: null, unseen: null };
}

const dismissedOnly = 'The reviewer reported nothing but what is dismissed';

/** Why what a reviewer says counts for nothing, and what to do. */
type Unseen = Required<Pick<Failure, 'advice'>> & { why: string };

/** How the reviewer came to say something about a change that it was not seen looking at; null where it was. */
function unseenOf({ commands, complete, nothingToSee, showedNothing }: Ground): Unseen | null {
  if (complete) return null;
  if (nothingToSee)
    return {
      why: 'nothing of what it was to review could be shown to it',
      advice: 'Look at what was held back yourself: the notes name it.',
    };
  const advice = 'Start the review again.';
  if (commands.succeeded === 0) return { why: 'it ran no command that could have read the change', advice };
  return showedNothing ? { why: 'it ran commands, but none of them showed the change', advice } : null;
}

function withoutLook(said: string, { why, advice }: Unseen): Failure {
  return { message: `${said}: ${why}.`, advice };
}

/** The rubric's words are `patch is correct` and `patch is incorrect`, the adversarial review's `approve` and `needs-attention`. */
function saysCorrect(correctness: string): boolean {
  return /^(?:(?:the )?patch is correct\.?|approve)$/i.test(correctness);
}

function inconclusive(reason: Failure): Judgement {
  return { verdict: 'inconclusive', reason, unseen: null };
}

function unreadable(text: string): Failure {
  if (text.trim() === '')
    return { message: 'The reviewer gave no answer.', advice: 'Start the review again.' };
  return {
    message: 'The reviewer answered in prose that holds no list of findings.',
    advice: 'Read its answer as it came: “Show Raw Answer”.',
  };
}

/** What the reviewer says, findings or not, is not about code that it has seen. */
function couldNotLook({ commands: { succeeded, failed, lastFailure }, blocked }: Ground): Failure {
  const ran = succeeded + failed;
  const all = failed === 1 ? 'the one command that it ran' : `all ${failed} commands that it ran`;
  const commands = succeeded === 0 ? all : `${failed} of the ${ran} commands that it ran`;
  const why = blocked ?? lastFailure;
  return {
    message: `The reviewer could not read the change: ${commands} failed${why === null ? '.' : ` (${cut(why)}).`}`,
    ...(blocked !== null && { advice: sandboxAdvice(blocked) }),
  };
}

function sandboxAdvice(blocked: string): string {
  return blocked.startsWith('bwrap:')
    ? "Codex's sandbox does not work on this machine: user namespaces are not available to it."
    : "Codex's sandbox stopped it. *Tandem: Set Up…* tests the sandbox, and says more.";
}

const maxWhy = 200;

function cut(text: string): string {
  return text.length > maxWhy ? `${text.slice(0, maxWhy - 1)}…` : text;
}
