import * as z from 'zod/mini';

/** What a reviewer says of a finding that is said to be fixed. */
export const proofVerdicts = ['fixed', 'still there', 'cannot tell'] as const;
export type ProofVerdict = (typeof proofVerdicts)[number];

export const proofSchema = z.object({ verdict: z.enum(proofVerdicts), reason: z.string() });
export type Proof = z.infer<typeof proofSchema>;

/** The same as the model's output schema (draft 07, as Codex takes it: every field required). */
export const proofOutputSchema = {
  type: 'object',
  properties: {
    verdict: { type: 'string', enum: [...proofVerdicts] },
    reason: { type: 'string' },
  },
  required: ['verdict', 'reason'],
  additionalProperties: false,
} as const;
