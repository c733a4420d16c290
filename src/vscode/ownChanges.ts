/** How long after a change its news may come. Milliseconds. */
const lifetime = 5_000;

/** The files that the user of this window is changing right now: news of them is no news of anybody else. */
export class OwnChanges {
  private readonly files = new Map<string, number>();

  add(file: string): void {
    const now = Date.now();
    for (const [known, time] of this.files) if (now - time > lifetime) this.files.delete(known);
    this.files.set(file, now);
  }

  has(file: string): boolean {
    const time = this.files.get(file);
    return time !== undefined && Date.now() - time <= lifetime;
  }
}
