import type * as vscode from 'vscode';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/** A finding where it stands in the text as it is now. */
export interface PlacedFinding {
  readonly finding: KnownFinding;
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

/** What commands, hovers and threads need to know of places. */
export interface PlacesOfFindings {
  /** Fires whenever places may have changed. */
  readonly onDidChangePlaces: vscode.Event<unknown>;
  /** Undefined for a finding that has no place in a file, or is not shown. */
  placeOf(id: string): PlacedFinding | undefined;
  /** Those of a document that touch the range. */
  at(uri: vscode.Uri, range: vscode.Range): readonly PlacedFinding[];
}
