/** Says things to screen readers, and to nobody else, without taking the keyboard. */
export class Announcer {
  private readonly region = document.createElement('div');

  constructor(parent: HTMLElement) {
    this.region.className = 'live';
    this.region.setAttribute('role', 'status');
    this.region.setAttribute('aria-live', 'polite');
    parent.append(this.region);
  }

  say(text: string): void {
    // The same text once more is a change only with the space.
    this.region.textContent = this.region.textContent === text ? `${text}\u00a0` : text;
  }
}
