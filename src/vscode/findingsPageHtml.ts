/** What the page's HTML needs of its webview. */
export interface PageSources {
  /** Left out for the findings view. */
  title?: string;
  script: string;
  styles: string;
  /** `webview.cspSource`: the origins that its resources come from. */
  cspSource: string;
  nonce: string;
}

/** The page of the findings view, and of the comparison; see webview/main.ts for what it relies on. */
export function findingsPageHtml({
  title = 'Findings',
  script,
  styles,
  cspSource,
  nonce,
}: PageSources): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<title>${title}</title>
<link rel="stylesheet" href="${styles}">
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
