import path from 'node:path';

/** What the fake reviewer finds when nobody tells it otherwise. */
export function defaultReview(folder) {
  return {
    findings: [
      {
        title: '[P1] Fake finding — with a dash in its title',
        body: 'The fake App Server always finds `this`.\n\nSecond paragraph with ünïcödé.',
        confidence_score: 0.8,
        priority: 1,
        code_location: {
          absolute_file_path: path.join(folder, 'README.md'),
          line_range: { start: 1, end: 2 },
        },
      },
    ],
    overall_correctness: 'patch is incorrect',
    overall_explanation: 'A fake review of the fake App Server.',
    overall_confidence_score: 0.7,
  };
}

/** The text that Codex makes of a reviewer's JSON (facts: app-server.md 2.3); anything else goes through as it is. */
export function renderReview(json) {
  const review = parsed(json);
  if (review === undefined) return json;
  const { findings, overall_explanation: explanation } = review;
  const heading = findings.length === 1 ? 'Review comment:' : 'Full review comments:';
  const blocks = findings.length === 0 ? [] : [heading, ...findings.map(renderFinding)];
  return [explanation, ...blocks].filter((text) => text !== '').join('\n\n');
}

function parsed(json) {
  try {
    const value = JSON.parse(json);
    return Array.isArray(value.findings) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function renderFinding({ title, body, code_location: { absolute_file_path: file, line_range: range } }) {
  const lines = body.split('\n').map((line) => `  ${line}`);
  return [`- ${title} — ${file}:${range.start}-${range.end}`, ...lines].join('\n');
}
