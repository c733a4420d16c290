import type { CodeTarget, Target } from '../../src/protocol/target.ts';
import { type ChangeText, changeText } from './change.ts';
import { type CodeText, codeText, numbered } from './code.ts';
import { type ReviewContext, structuredContext } from './context.ts';
import { dataBlock, untrusted } from './dataBlock.ts';
import { focusBlock } from './focus.ts';
import type { ChangeTarget } from './scope.ts';

export type AdversarialInput = ReviewContext & {
  /** What the user wants questioned especially; empty for nothing special. */
  readonly focus: string;
} & (
    | { readonly target: ChangeTarget; readonly change: ChangeText }
    | { readonly target: CodeTarget; readonly code: CodeText }
    | { readonly target: Extract<Target, { kind: 'plan' }>; readonly plan: string }
  );

/**
 * The whole prompt of an adversarial review; the form of its answer is `adversarialSchema`.
 * @param canRun whether the reviewer can run commands; else it reads files
 */
export function adversarialPrompt(input: AdversarialInput, canRun = true): string {
  const parts = [
    ...subjectText(input, canRun),
    ...structuredContext(input),
    ...focusBlock(input.focus),
    closing,
  ];
  return parts.join('\n\n');
}

function subjectText(input: AdversarialInput, canRun: boolean): string[] {
  if ('plan' in input)
    return [planRole, planQuestions, ...common('plan'), ...planText(input.target.file, input.plan)];
  if ('code' in input)
    return [codeRole, changeQuestions, ...common('code'), ...codeText(input.target, input.code)];
  return [
    changeRole,
    changeQuestions,
    ...common('change'),
    ...changeText(input.target, input.change, canRun),
  ];
}

const changeRole = `You are a sceptical senior engineer. You review a change before it ships.
Do not look for reasons to trust it. Look for the reasons why it should not ship as it is.`;

const codeRole = `You are a sceptical senior engineer. You review code that is in use, as it is now.
Do not look for reasons to trust it. Look for the reasons why it will fail.`;

const planRole = `You are a sceptical senior engineer. You review a plan before anybody builds it.
Do not look for reasons to trust it. Look for the reasons why it will not work as it is written.`;

const changeQuestions = `# What to question

- The approach: does it solve the real problem, at the right place? Is there a much simpler way?
- The assumptions: about input, order, time, size, state, environment, callers, other services. Which of them does nothing enforce?
- Concurrency: races, lost updates, double execution, deadlocks, work that is cancelled half-way.
- Partial failure: what is left behind when each step fails? Retries, time-outs, idempotence, clean-up.
- Data: loss, corruption, silent truncation, wrong defaults, what cannot be undone. Is there a way back?
- Security boundaries: who can reach this, with what input? Authentication, authorization, injection, paths, secrets, untrusted text.
- Migration and compatibility: old data, old clients, mixed versions while it is rolled out, roll-back afterwards.
- Load: what grows without bound, what is quadratic, what blocks?
- Observability: if it fails in production, who notices, and from what?
- Tests: which of them would still pass if the code were wrong? Which failure has none?`;

const planQuestions = `# What to question

- The goal: does the plan solve the problem that it states? Is that the right problem? Is there a much simpler way?
- The facts: does what it says about the code hold? Open the files, functions and interfaces that it names, and check.
- The assumptions: what does it take for granted without a word? What follows if that is wrong?
- The gaps: which steps, cases, owners of state, or dependencies are missing?
- The order: what is broken between two steps? Can each step be shipped, and taken back, on its own?
- Failure: concurrency, partial failure, data loss, roll-back, security boundaries, load. Where does the plan say nothing?
- Migration: old data, old clients, mixed versions.
- Proof: how would anybody know that it works, and notice that it does not? Which tests would prove nothing?`;

type Subject = 'change' | 'code' | 'plan';

function common(subject: Subject): string[] {
  return [rules(subject), severities(subject), verdicts(subject)];
}

function rules(subject: Subject): string {
  return `# How to work

- Read the ${subject}, then the code around it: callers, data that it touches, tests, configuration.
- Only read. Run nothing that changes files, the repository, or anything outside of it.
- Ground every finding in code that you have read. Name the file and the lines, the conditions, and what goes wrong for whom.
- Try to refute each finding before you report it. Drop what you refuted.
- Where a claim rests on something that you could not check, say so in the finding, and lower its confidence.
- One finding for each cause. A few that are well founded are better than many that are not.
- No style, naming or formatting. No praise. No general advice.
- Say in the summary what you checked, and what you could not check.
- No findings is a good result if it is true. Then leave the list empty. Never invent one.`;
}

function severities(subject: Subject): string {
  return `# Severity

- critical: loses or corrupts data, opens a security hole, or stops the system. Must not go on.
- high: fails or gives wrong results in normal use or under conditions that are likely.
- medium: fails under conditions that are unusual but real, or is a flaw of the ${subject} that will soon be costly.
- low: real and worth fixing, but nothing has to wait for it.

Confidence is from 0 to 1: how sure you are, after checking, that the finding is real.`;
}

function verdicts(subject: Subject): string {
  return `# Verdict

\`approve\` only if nothing blocks: no critical or high finding, and no medium one that has to be fixed first.
Otherwise \`needs-attention\`. Give each finding one concrete recommendation, and list the next steps in order.
Paths are relative to the repository root. Lines are those of the file ${linesText[subject]}.
In \`earlier\`, answer for the open findings of earlier reviews that you are told of; leave it empty where you are told of none.`;
}

const linesText: Readonly<Record<Subject, string>> = {
  change: 'after the change',
  code: 'as it is now',
  plan: 'as you read it; of the plan, the numbers at the beginning of its lines',
};

function planText(file: string, plan: string): string[] {
  return [
    '# The plan\n\nReview this document against the code of the repository.',
    untrusted,
    'Its path:',
    dataBlock('PATH', file),
    'Its text, with numbered lines:',
    dataBlock('PLAN', numbered(plan.split('\n'), 1)),
  ];
}

const closing = 'Now review. Answer with the JSON object of the given schema and nothing else.';
