import type { Category, NewTransaction, Transaction } from './transaction.ts';

/** What to list; a part that is left out does not restrict anything. */
export interface Filter {
  readonly from?: Date;
  readonly to?: Date;
  readonly category?: Category;
}

/** Keeps transactions in memory. */
export class Store {
  readonly #transactions: Transaction[] = [];

  async add(input: NewTransaction): Promise<Transaction> {
    const transaction = { ...input, id: this.#transactions.length + 1 };
    this.#transactions.push(transaction);
    return transaction;
  }

  /** The transactions that match, the newest day first. */
  async list({ from, to, category }: Filter = {}): Promise<readonly Transaction[]> {
    return this.#transactions
      .filter((entry) => from === undefined || entry.date >= dayOf(from))
      .filter((entry) => to === undefined || entry.date <= dayOf(to))
      .filter((entry) => category === undefined || entry.category === category)
      .toSorted((a, b) => b.date.localeCompare(a.date) || b.id - a.id);
  }
}

/** The calendar day, `YYYY-MM-DD`. */
function dayOf(date: Date): string {
  const twoDigits = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}
