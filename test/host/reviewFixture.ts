import type { ModelScript } from '../models/responses.ts';
import { findings, type ModelReply, runs } from '../models/responsesReply.ts';
import type { ReviewOutput, ReviewOutputFinding } from '../models/reviewOutput.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';

const priceBefore = `export interface Item {
  readonly name: string;
  /** Whole cents. */
  readonly price: number;
  readonly count: number;
}

export function total(items: readonly Item[]): number {
  return items.reduce((sum, { price, count }) => sum + price * count, 0);
}
`;

const priceAfter = `export interface Item {
  readonly name: string;
  /** Whole cents. */
  readonly price: number;
  readonly count: number;
}

export function total(items: readonly Item[], discount = 0): number {
  const sum = items.reduce((sum, { price, count }) => sum + price * count, 0);
  return sum - sum * discount;
}

export function average(items: readonly Item[]): number {
  return total(items) / items.length;
}
`;

const datesBefore = `export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
`;

const datesAfter = `export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function isBetween(date: string, from: string, to: string): boolean {
    return new Date(date) > new Date(from) && new Date(date) < new Date(to);
}
`;

/** A repository on branch `discounts` (base `main`) with uncommitted changes in two files, one with a blank in its name. */
export function createShop(folder?: string): Promise<TestRepository> {
  return createRepository({
    ...(folder !== undefined && { folder }),
    committed: { 'src/price.ts': priceBefore, 'src/date filter.ts': datesBefore, 'README.md': '# Shop\n' },
    branch: {
      name: 'discounts',
      committed: { 'src/discount.ts': 'export const discounts = [0, 0.1, 0.25];\n' },
    },
    uncommitted: { 'src/price.ts': priceAfter, 'src/date filter.ts': datesAfter },
  });
}

/** Three findings in two files, in the order of a reviewer; lines as in the working tree of `createShop`. */
export function shopFindings(repository: string): ReviewOutputFinding[] {
  return [
    finding(
      1,
      'The discounted total is no longer a whole number of cents',
      'For `discount = 0.1` and a sum of 105 the result is `94.5`: prices are whole cents everywhere else.\n\nRound once, at the end:\n\n```ts\nreturn Math.round(sum - sum * discount);\n```\n\nSee [the notes](https://example.invalid/cents), not [this file](file:///etc/passwd), [this](command:workbench.action.quit) or ![a picture](https://example.invalid/x.png).',
      { file: `${repository}/src/price.ts`, start: 10, end: 10, confidence: 0.92 },
    ),
    finding(2, 'The average of no items is NaN', 'An empty cart divides by zero.', {
      file: `${repository}/src/price.ts`,
      start: 13,
      end: 15,
      confidence: 0.71,
    }),
    finding(
      3,
      'Both ends of the range are left out',
      'The filter says *between*, but `from` and `to` themselves never match.',
      {
        file: `${repository}/src/date filter.ts`,
        start: 6,
        end: 6,
        confidence: 0.4,
      },
    ),
  ];
}

function finding(
  priority: 0 | 1 | 2 | 3,
  title: string,
  body: string,
  place: { file: string; start: number; end: number; confidence: number },
): ReviewOutputFinding {
  return {
    title: `[P${priority}] ${title}`,
    body,
    confidence_score: place.confidence,
    priority,
    code_location: {
      absolute_file_path: place.file,
      line_range: { start: place.start, end: place.end },
    },
  };
}

export function reviewOutput(found: readonly ReviewOutputFinding[]): ReviewOutput {
  return {
    findings: found,
    overall_correctness: found.length === 0 ? 'patch is correct' : 'patch is incorrect',
    overall_explanation:
      found.length === 0
        ? 'The change does what it says.'
        : 'The discount breaks the rule that money is whole cents, and the range filter leaves out its ends.',
    overall_confidence_score: 0.8,
  };
}

/** Looks at the change first, as a reviewer does, and then says this. */
export function looksThen(reply: ModelReply | (() => ModelReply | Promise<ModelReply>)): ModelScript {
  return (request) => {
    if (request.step === 0) return runs('git diff HEAD');
    return typeof reply === 'function' ? reply() : reply;
  };
}

/** What a reviewer of `createShop` finds. */
export function findsAll(repository: string): ModelScript {
  return looksThen(findings(reviewOutput(shopFindings(repository))));
}
