import * as vscode from 'vscode';

export const reviewedScheme = 'tandem-reviewed';

export interface ReviewedFile {
  readonly repository: string;
  readonly key: string;
  readonly file: string;
}

/**
 * A file as it was reviewed, as a read-only document. The path gives it its name and language.
 * @param key of findings/reviewedTexts.ts
 */
export function reviewedUri({ repository, key, file }: ReviewedFile): vscode.Uri {
  const query = new URLSearchParams({ repository, key }).toString();
  return vscode.Uri.from({ scheme: reviewedScheme, path: `/${file}`, query });
}

/** @param read the text of a key; null where it is not kept any more */
export function reviewedDocuments(
  read: (repository: string, key: string) => Promise<string | null>,
): vscode.TextDocumentContentProvider {
  return {
    // VS Code asks again after a reload, when it restores the editors.
    provideTextDocumentContent: async ({ query }) => {
      const given = new URLSearchParams(query);
      const text = await read(given.get('repository') ?? '', given.get('key') ?? '');
      return text ?? 'This text is no longer kept.\n';
    },
  };
}
