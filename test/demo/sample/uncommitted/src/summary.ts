import type { Category, Transaction } from './transaction.ts';

/** What was spent per category, in whole units of the currency, for the monthly report. */
export function spentPerCategory(transactions: readonly Transaction[]): ReadonlyMap<Category, number> {
  const totals = new Map<Category, number>();
  for (const { type, category, amount } of transactions) {
    if (type !== 'expense') continue;
    totals.set(category, (totals.get(category) ?? 0) + parseFloat((amount / 100).toFixed(2)));
  }
  return totals;
}
