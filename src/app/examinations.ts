import { type Argument, examinationPrompt, tieBreakPrompt } from '../../prompts/review/examination.ts';
import type { PromptedFinding } from '../../prompts/finding/prompt.ts';
import { UserError } from '../base/errors.ts';
import { findingCode } from '../findings/findingCode.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { checkQuotes } from '../findings/quotes.ts';
import { linesOfFile, readText, resolveInside } from '../findings/repositoryFile.ts';
import type { Answerer } from '../jobs/agent.ts';
import { createExaminationRunner } from '../jobs/examinationRunner.ts';
import type { Runner } from '../jobs/jobRun.ts';
import { type KnownExamination, type Side, argumentsOf } from '../protocol/examination.ts';
import { examinationMarkdown } from '../protocol/examinationMarkdown.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/** Examinations and tie-breaks by one agent. */
export function examinationRunner(findings: FindingStore, answer: Answerer): Runner {
  return createExaminationRunner({
    answer,
    find: async (wanted, repository) => (await findings.of(repository)).find(({ id }) => id === wanted),
    prompt: async (finding) => examinationPrompt(await withCode(finding)),
    tieBreakPrompt: async (finding, first) => {
      const [one, other] = argumentsFrom(finding, first);
      return tieBreakPrompt(await withCode(finding), [one, other]);
    },
    check: checkQuotes,
    examined: (finding, examination) => findings.examine(finding, examination),
  });
}

/** Nothing that an agent could read off who raised it, and no confidence that another one would lean on. */
async function withCode(finding: KnownFinding): Promise<PromptedFinding> {
  const { file, repository } = finding;
  const path = await resolveInside(file, repository);
  const read = path === null ? null : await readText(path);
  const lines = read === null || read === 'too large' ? null : linesOfFile(read.text);
  return { finding: { ...finding, confidence: null }, code: findingCode(finding, lines) };
}

/** @throws UserError where nobody says that the finding is wrong, any more */
function argumentsFrom(finding: KnownFinding, first: Side): [Argument, Argument] {
  const against = argumentsOf(finding, 'against').map(argumentText);
  if (against.length === 0) throw new UserError('Nobody says any more that this finding is wrong.');
  const { body, recommendation } = finding;
  const own = [body, recommendation].filter((text) => text !== '');
  const inFavour = [...own, ...argumentsOf(finding, 'for').map(argumentText)];
  const pro: Argument = { isFor: true, text: inFavour.join('\n\n') };
  const contra: Argument = { isFor: false, text: against.join('\n\n') };
  return first === 'for' ? [pro, contra] : [contra, pro];
}

/** What it says, with the quotes that hold. */
function argumentText({ reason, quotes }: KnownExamination): string {
  const holding = quotes.filter(({ verified }) => verified);
  return examinationMarkdown({ reason, quotes: holding }, (markdown) => markdown);
}
