import type { Finding } from '../../src/protocol/finding.ts';
import { dataBlock, untrusted } from './dataBlock.ts';
import { cut, placeOf } from './findingBlock.ts';

/** Two findings of different reviewers that may be the same one. */
export type MaybeSame = readonly [Finding, Finding];

/** A body says what it is about long before that. Characters. */
const maxText = 4_000;

/**
 * Whether the findings of each pair are the same defect. For somebody who is told neither who raised which, nor how urgent
 * they held it for.
 */
export function samePairPrompt(pairs: readonly MaybeSame[]): string {
  return [intro, untrusted, ...pairs.map(pairText), rules].join('\n\n');
}

const intro =
  'Two code reviews of the same code each found something at about the same lines. Find out for each pair below whether both found the same defect.';

function pairText(findings: MaybeSame, index: number): string {
  return [`Pair ${index + 1}:`, ...findings.map(findingText)].join('\n\n');
}

function findingText(finding: Finding): string {
  const { title, body, recommendation } = finding;
  const parts = [
    `Title: ${title}\nPlace: ${placeOf(finding)}`,
    cut(body, maxText),
    cut(recommendation, maxText),
  ];
  return dataBlock('FINDING', parts.filter((part) => part !== '').join('\n\n'));
}

const rules = `- "same": one fix would settle both. One may name the cause and the other the effect, and one may say less than the other.
- "different": after a fix of one, the other could still be there; also where both are about the same line, variable or function, or have the
  same kind of cause.
- "cannot tell": everything else.

Judge by the texts alone. Answer with JSON alone: "pairs" has for each pair its number as "pair", the "verdict", and as "reason" one sentence.`;

/** The form of the answer, in strict mode (prompts/review/adversarialSchema.ts). */
export const samePairSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['pairs'],
  properties: {
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['pair', 'verdict', 'reason'],
        properties: {
          pair: { type: 'integer', description: 'The number of the pair.' },
          verdict: { type: 'string', enum: ['same', 'different', 'cannot tell'] },
          reason: { type: 'string' },
        },
      },
    },
  },
} as const;
