import type { App } from '../app.ts';
import type { Context } from './contributions.ts';

/** Tells the palette where the stop-time review gate can be switched on or off. Slash commands switch it too. */
export class GateKeys {
  constructor(
    private readonly app: App,
    private readonly keys: Context,
  ) {}

  async update(): Promise<void> {
    const { gates } = this.app;
    const on = await Promise.all(this.app.repositories().map((repository) => gates.isOn(repository)));
    this.keys.set('tandem.gateOn', on.includes(true));
    this.keys.set('tandem.gateOff', on.includes(false));
  }
}
