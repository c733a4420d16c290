/**
 * The form of an adversarial review's answer, as JSON Schema in strict mode: every property is required, and there are no
 * others (facts: app-server.md, 3). The App Server passes it on; nobody checks the answer against it but its reader.
 */
export const adversarialSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['verdict', 'summary', 'findings', 'earlier', 'next_steps'],
  properties: {
    verdict: { type: 'string', enum: ['approve', 'needs-attention'] },
    summary: {
      type: 'string',
      description: 'Your judgement in a few sentences: why, what you checked, what you could not check.',
    },
    findings: {
      type: 'array',
      description: 'The most severe one first; empty if there are none.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: [
          'severity',
          'title',
          'body',
          'file',
          'line_start',
          'line_end',
          'confidence',
          'recommendation',
        ],
        properties: {
          severity: { type: 'string', enum: ['critical', 'high', 'medium', 'low'] },
          title: { type: 'string', description: 'The problem in one line.' },
          body: {
            type: 'string',
            description:
              'Under which conditions it happens, what goes wrong then, and where the code shows it.',
          },
          file: {
            type: 'string',
            description: 'Path relative to the repository root; empty if it belongs to no file.',
          },
          line_start: {
            type: 'integer',
            description:
              'First line, from 1, in the file as it is after the change; 0 if it belongs to no line.',
          },
          line_end: { type: 'integer', description: 'Last line; the same as line_start for one line.' },
          confidence: { type: 'number', description: 'From 0 to 1: how sure you are that it is real.' },
          recommendation: { type: 'string', description: 'What to do about it, concretely.' },
        },
      },
    },
    earlier: {
      type: 'array',
      description:
        'Of each open finding of an earlier review that the prompt tells of, what became of it; else empty.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'status', 'reason'],
        properties: {
          id: { type: 'string', description: 'The id of the finding.' },
          status: { type: 'string', enum: ['fixed', 'still-there', 'cannot-tell'] },
          reason: { type: 'string', description: 'What in the code shows it, in a sentence.' },
        },
      },
    },
    next_steps: {
      type: 'array',
      description: 'What to do next, the first step first; empty if there is nothing to do.',
      items: { type: 'string' },
    },
  },
} as const;
