import * as vscode from 'vscode';
import type { Evidence } from '../protocol/evidence.ts';
import { hoverMarkdown } from './hoverMarkdown.ts';
import type { PlacesOfFindings } from './placesOfFindings.ts';
import { untrustedMarkdown } from './untrustedMarkdown.ts';

/** What a finding says, below the title that VS Code shows for its diagnostic. */
export class FindingHover implements vscode.HoverProvider {
  /** @param evidenceOf what the reviewer of a job was seen looking at; null where that is not known */
  constructor(
    private readonly places: PlacesOfFindings,
    private readonly evidenceOf: (job: string) => Promise<Evidence | null>,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const placed = this.places.at(document.uri, new vscode.Range(position, position));
    const [first] = placed;
    if (!first) return undefined;
    const texts = placed.map(async ({ finding }) => {
      const evidence = await this.evidenceOf(finding.job);
      return untrustedMarkdown(hoverMarkdown(finding, { withTitle: placed.length > 1, evidence }));
    });
    return new vscode.Hover(await Promise.all(texts), first.range);
  }
}
