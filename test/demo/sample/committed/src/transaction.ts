export const transactionTypes = ['income', 'expense'] as const;
export type TransactionType = (typeof transactionTypes)[number];

/** Money as whole cents. */
export type Cents = number;

export interface NewTransaction {
  readonly type: TransactionType;
  /** A calendar day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly amount: Cents;
  readonly note: string;
}

export interface Transaction extends NewTransaction {
  readonly id: number;
}

/** Checks what a client sent; gives the transaction, or a sentence that says what is wrong with it. */
export function readTransaction(body: unknown): NewTransaction | string {
  if (typeof body !== 'object' || body === null) return 'Send a JSON object.';
  const { type, date, amount, note }: Partial<Record<string, unknown>> = { ...body };
  if (!isTransactionType(type)) return `The type must be one of ${transactionTypes.join(', ')}.`;
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return 'The date must look like 2026-01-31.';
  const cents = typeof amount === 'string' ? parseAmount(amount) : undefined;
  if (cents === undefined) return 'The amount must be a text like "12.50".';
  return { type, date, amount: cents, note: typeof note === 'string' ? note : '' };
}

function isTransactionType(value: unknown): value is TransactionType {
  return transactionTypes.some((type) => type === value);
}

/** Reads a decimal text such as `12.50`; undefined if it is anything else. */
function parseAmount(text: string): Cents | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '0', fraction = ''] = match;
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}
