const line = { type: 'integer', description: 'From 1, in the file as it is after the change.' } as const;

/**
 * The form of an answer by the rubric, as plain JSON Schema of draft 7 without formats (facts: claude-code.md, 5.3). The
 * fields are those of Codex's own reviewer, so that one reader does for both (src/findings/parseJson.ts); but the path is
 * relative.
 */
export const rubricSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['findings', 'overall_correctness', 'overall_explanation', 'overall_confidence_score'],
  properties: {
    findings: {
      type: 'array',
      description: 'The most urgent one first; empty if there are none.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['title', 'body', 'priority', 'confidence_score', 'code_location'],
        properties: {
          title: { type: 'string', description: 'The problem in one line, without its priority.' },
          body: { type: 'string', description: 'Why it is a problem and under which conditions. Markdown.' },
          priority: { type: 'integer', enum: [0, 1, 2, 3] },
          confidence_score: { type: 'number', description: 'From 0 to 1: how sure you are that it is real.' },
          code_location: {
            type: 'object',
            additionalProperties: false,
            required: ['file_path', 'line_range'],
            properties: {
              file_path: { type: 'string', description: 'Relative to the root of the repository.' },
              line_range: {
                type: 'object',
                additionalProperties: false,
                required: ['start', 'end'],
                properties: { start: line, end: line },
              },
            },
          },
        },
      },
    },
    overall_correctness: { type: 'string', enum: ['patch is correct', 'patch is incorrect'] },
    overall_explanation: {
      type: 'string',
      description: 'One to three sentences: why, what you checked, and what you could not check.',
    },
    overall_confidence_score: { type: 'number', description: 'From 0 to 1.' },
  },
} as const;
