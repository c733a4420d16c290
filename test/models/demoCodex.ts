import { fix, namedFindings, prove } from './demoFixer.ts';
import { demoNotice, demoReview } from './demoRules.ts';
import { type ModelScript } from './responses.ts';
import { answer, findings, type ModelReply, reasoning, runs, together } from './responsesReply.ts';
import { type CommandOutput, commandOutput, type ModelRequest } from './responsesRequest.ts';
import { shellQuoted } from './shellQuoted.ts';
import { pause } from './sse.ts';
import { addedLines, type AddedLine, untrackedFiles } from './unifiedDiff.ts';

/** How `prompts/review/proof.ts` begins. */
const beginsProof = 'A code review of this repository had the finding below.';

/** More than this many new files are named, not read. */
const mostUntrackedFiles = 8;

/**
 * The demo model behind Codex: it looks at the change with real commands, one step after the other, and applies fixed rules; it
 * fixes some of what it finds, and looks whether that is fixed.
 * @param stepDelayMs how long it "thinks" before each answer.
 */
export function createDemoCodex(stepDelayMs: number): ModelScript {
  return async (request) => {
    await pause(stepDelayMs, request.signal);
    return request.isReview ? review(request) : work(request);
  };
}

function work(request: ModelRequest): ModelReply {
  const named = namedFindings(request.userText);
  if (request.userText.startsWith(beginsProof)) return prove(request, named);
  return named.length === 0 ? answer(aboutItself()) : fix(request, named);
}

function aboutItself(): string {
  return `${demoNotice}. It can review a change by a few patterns, and fix some of them when it is given the finding; it cannot do other tasks or answer questions. Use a real Codex for that.`;
}

/** Outputs come in the order of the calls: root and status, then the diff, then one per new file. */
function review(request: ModelRequest): ModelReply {
  const [root, status, diff, ...files] = request.toolOutputs.map(commandOutput);
  if (root === undefined || status === undefined) {
    return together(
      reasoning(`**Finding out what changed** ${demoNotice}.`),
      runs('git rev-parse --show-toplevel'),
      runs('git status --porcelain --untracked-files=all'),
    );
  }
  if (root.exitCode !== 0) return answer(`${demoNotice}. It could not read the change: ${root.text.trim()}`);
  const diffCommand = diffCommandOf(request.userText);
  if (diff === undefined) {
    return together(reasoning(`**Reading the diff** ${demoNotice}.`), runs(diffCommand));
  }
  if (diff.exitCode !== 0) return answer(`${demoNotice}. It could not read the change: ${diff.text.trim()}`);
  const untracked = diffCommand === workingTreeDiff ? untrackedFiles(status.text) : [];
  const readable = untracked.slice(0, mostUntrackedFiles);
  if (readable.length > 0 && files.length === 0) {
    const workdir = root.text.trim();
    return together(
      reasoning(`**Reading new files** ${demoNotice}.`),
      ...readable.map((file) => runs(`cat -- ${shellQuoted(file)}`, { workdir })),
    );
  }
  const lines = [
    ...addedLines(diff.text),
    ...readable.flatMap((file, index) => wholeFile(file, files[index])),
  ];
  return findings(
    demoReview(lines, root.text.trim(), limitsOf([diff, ...files], untracked.length - readable.length)),
  );
}

const workingTreeDiff = 'git diff HEAD';

/**
 * What the prompt says to look at: a `git diff …` or `git show …` in a code span (Codex names the merge base in this way),
 * a commit, or else the working tree. Only plain words are taken over into a command.
 */
function diffCommandOf(prompt: string): string {
  const named = /`(git (?:diff|show) [\w./~^@:= -]+)`/.exec(prompt)?.[1];
  if (named !== undefined) return named;
  const commit = /\bcommit ([0-9a-f]{7,40})\b/.exec(prompt)?.[1];
  return commit === undefined ? workingTreeDiff : `git show --format= ${commit}`;
}

function wholeFile(file: string, output: CommandOutput | undefined): AddedLine[] {
  if (output?.exitCode !== 0 || output.truncated) return [];
  return output.text.split('\n').map((text, index) => ({ file, line: index + 1, text }));
}

function limitsOf(outputs: readonly CommandOutput[], unread: number): string[] {
  return [
    ...(outputs.some((output) => output.truncated)
      ? ['Part of the change was too long for it to read.']
      : []),
    ...(unread > 0 ? [`It did not read ${unread} more new files.`] : []),
  ];
}
