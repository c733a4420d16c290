import * as vscode from 'vscode';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { FindingPlaces, PlacedFinding } from './findingPlaces.ts';

/** A finding where it stands in the text as it is now. */
export interface FindingInText {
  readonly finding: KnownFinding;
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

/** What commands, hovers and threads need to know of places. */
export interface PlacesOfFindings {
  /** Fires whenever places may have changed. */
  readonly onDidChangePlaces: vscode.Event<unknown>;
  /** Undefined for a finding that has no place in a file, or is not shown. */
  placeOf(id: string): FindingInText | undefined;
  /** Those of a document that touch the range. */
  at(uri: vscode.Uri, range: vscode.Range): readonly FindingInText[];
}

/** All findings, whatever the user's settings hide of them. */
export interface AllPlaces extends PlacesOfFindings {
  /** The finding with its place as it is now, also where that is none to go to. */
  asItIsNow(finding: KnownFinding): KnownFinding;
  /** Those of a document that touch the range: the open ones, unless others are wanted. */
  at(
    uri: vscode.Uri,
    range: vscode.Range,
    isWanted?: (finding: KnownFinding) => boolean,
  ): readonly FindingInText[];
}

export function placesOfFindings(places: FindingPlaces): AllPlaces {
  return {
    asItIsNow: (finding) => places.asItIsNow(finding),
    onDidChangePlaces: places.onDidChangePlaces,
    placeOf: (id) => inText(places.find(id)),
    at: (uri, range, isWanted) => places.at(uri, range, isWanted).flatMap((placed) => inText(placed) ?? []),
  };
}

/** Undefined where the text that was found is not there. */
export function inText(placed: PlacedFinding | undefined): FindingInText | undefined {
  if (placed?.now.place !== 'anchored' || placed.path === null) return undefined;
  const { startLine, startColumn, endLine, endColumn } = placed.now;
  const range = new vscode.Range(startLine - 1, startColumn, endLine - 1, endColumn);
  return { finding: placed.finding, uri: vscode.Uri.file(placed.path), range };
}
