import type { PlaceNow } from '../protocol/pageSlices.ts';
import type { FindingPlaces, PlacedFinding } from './findingPlaces.ts';

/**
 * The findings that are elsewhere than recorded, for a page that knows the recorded places. Kept by file, so that a key stroke
 * costs what the findings of its file cost, however many others there are.
 */
export class MovedPlaces {
  private readonly byPath = new Map<string, readonly PlacedFinding[]>();

  constructor(private readonly places: Pick<FindingPlaces, 'inFile'>) {}

  /** @param paths of files in which places, or what is recorded of them, have changed; as the window knows them */
  update(paths: Iterable<string>): void {
    for (const path of paths) {
      const moved = this.places.inFile(path).filter(isElsewhere);
      if (moved.length === 0) this.byPath.delete(path);
      else this.byPath.set(path, moved);
    }
  }

  /** By the findings' ids. */
  all(): Record<string, PlaceNow> {
    const moved = [...this.byPath.values()].flat();
    return Object.fromEntries(moved.map(({ finding, now }) => [finding.id, placeNow(now)]));
  }
}

/** What the page needs of a place. */
export function placeNow({ place, file, startLine, endLine }: PlaceNow): PlaceNow {
  return { place, file, startLine, endLine };
}

function isElsewhere({ finding, now }: PlacedFinding): boolean {
  return (
    finding.place !== now.place ||
    finding.file !== now.file ||
    finding.startLine !== now.startLine ||
    finding.endLine !== now.endLine
  );
}
