import type { CodeTarget } from '../../src/protocol/target.ts';
import { type ChangeText, changeText } from './change.ts';
import { type CodeText, codeText } from './code.ts';
import { type ReviewContext, rubricContext } from './context.ts';
import { focusBlock } from './focus.ts';
import type { ChangeTarget } from './scope.ts';

export type RubricInput = ReviewContext & {
  /** What the user wants looked at especially; empty for nothing special. */
  readonly focus: string;
} & (
    | { readonly target: ChangeTarget; readonly change: ChangeText }
    | { readonly target: CodeTarget; readonly code: CodeText }
  );

/**
 * A review by the rubric of Codex's own reviewer (facts: app-server.md, 2.3), in our words, for a reviewer that has none of
 * its own: it can read files and is handed what is to be reviewed. The form of its answer is `rubricSchema`.
 */
export function rubricPrompt(input: RubricInput): string {
  const subject =
    'code' in input
      ? [codeRole, ...common, ...codeText(input.target, input.code)]
      : [changeRole, bringsIn, ...common, ...changeText(input.target, input.change, false)];
  return [...subject, ...rubricContext(input), ...focusBlock(input.focus), closing].join('\n\n');
}

const changeRole = 'You review a change that another engineer has made.';
const codeRole = 'You review code that another engineer has written.';

const bringsIn =
  'Report only what the change brings in, or what is of the open findings below. What was wrong before it is not part of the review.';

const common = [
  `# What counts as a finding

- It matters: the result, performance, security or maintainability suffers noticeably.
- It is one problem, and somebody can act on it. Not a general remark about the code.
- The author would want to fix it if they knew of it, and the rest of the code keeps to such a standard.
- It holds without assumptions about the code or the author's intent that nothing supports. What was plainly done on purpose is none.
- That something else may break is not enough: name the code that does, after you have read it.
- No style, naming or formatting, unless it hides the meaning. No praise.

Report every finding that meets this, and none that does not. No findings is a good result if it is true: then leave the list empty.`,
  `# How to work

- You can read and search files of this folder, and do nothing else. Read the files around the change: callers, data that it touches, tests.
- Try to refute each finding before you report it. Drop what you refuted, and lower the confidence of what you could not check.`,
  `# How to write a finding

- Say in the title what is wrong, and in the body why, and under which inputs, states or environments. Be brief: a paragraph at most.
- Neither flattery nor blame, and no more certainty or severity than the code supports.
- Keep the lines as few as show the problem, and among those that you review.
- One finding for each cause.`,
  `# Priority

- 0: blocks the release or operation, whatever the input. Drop everything.
- 1: urgent, to be fixed next.
- 2: to be fixed in the end.
- 3: nice to have.`,
  `# Overall

\`patch is correct\` if existing code and tests do not break and nothing blocks: findings of style, typing mistakes, documentation and
other small things do not make it incorrect. Otherwise \`patch is incorrect\`. Of code that is no change, take the code for the patch.
Paths are relative to the root of the repository.`,
];

const closing = 'Now review. Answer with the JSON object of the given schema and nothing else.';
