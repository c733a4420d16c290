import type { NewTransaction, Transaction } from './transaction.ts';

/** Keeps transactions in memory. */
export class Store {
  readonly #transactions: Transaction[] = [];

  async add(input: NewTransaction): Promise<Transaction> {
    const transaction = { ...input, id: this.#transactions.length + 1 };
    this.#transactions.push(transaction);
    return transaction;
  }

  /** All transactions, the newest day first. */
  async list(): Promise<readonly Transaction[]> {
    return this.#transactions.toSorted((a, b) => b.date.localeCompare(a.date) || b.id - a.id);
  }
}
