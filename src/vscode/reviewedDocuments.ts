import * as vscode from 'vscode';

export const reviewedScheme = 'tandem-reviewed';

/**
 * A file as it was reviewed, as a read-only document. The path gives it its name and language; the key says which text.
 * @param key of findings/reviewedTexts.ts
 */
export function reviewedUri(key: string, file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: reviewedScheme, path: `/${file}`, query: key });
}

/** @param read the text of a key; null where it is not kept any more */
export function reviewedDocuments(
  read: (key: string) => Promise<string | null>,
): vscode.TextDocumentContentProvider {
  return {
    // VS Code asks again after a reload, when it restores the editors.
    provideTextDocumentContent: async ({ query }) => (await read(query)) ?? 'This text is no longer kept.\n',
  };
}
