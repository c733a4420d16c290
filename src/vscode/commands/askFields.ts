import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import type { Answers, Field } from '../../protocol/approval.ts';

type Value = Answers[string];

/**
 * Asks for each field in its turn. Fields that are not required may be left empty.
 * @throws CancelledError if the user gives up
 */
export async function askFields(fields: readonly Field[], title: string): Promise<Answers> {
  const values: Answers = {};
  for (const [index, field] of fields.entries()) {
    const step = fields.length === 1 ? title : `${title} (${index + 1} of ${fields.length})`;
    const value = await ask(field, step);
    if (value !== undefined) values[field.id] = value;
  }
  return values;
}

/** Undefined for what was left empty. */
function ask(field: Field, title: string): Promise<Value | undefined> {
  switch (field.type) {
    case 'text':
      return askText(field, title);
    case 'number':
    case 'integer':
      return askNumber(field, title);
    case 'boolean':
      return askBoolean(field, title);
    case 'choice':
      return askChoice(field, title);
    case 'choices':
      return askChoices(field, title);
  }
}

async function askText(field: Field, title: string, invalid?: (text: string) => string | undefined) {
  const { description, secret, required } = field;
  const text = await vscode.window.showInputBox({
    title,
    prompt: description,
    password: secret,
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return required ? 'This is needed.' : undefined;
      return invalid?.(value.trim());
    },
  });
  if (text === undefined) throw new CancelledError();
  return text.trim() === '' ? undefined : text;
}

async function askNumber(field: Field, title: string): Promise<number | undefined> {
  const isFit = field.type === 'integer' ? Number.isSafeInteger : Number.isFinite;
  const what = field.type === 'integer' ? 'a whole number' : 'a number';
  const text = await askText(field, title, (value) =>
    isFit(Number(value)) ? undefined : `This is to be ${what}.`,
  );
  return text === undefined ? undefined : Number(text);
}

async function askBoolean({ description }: Field, title: string): Promise<boolean> {
  const yes = { label: 'Yes' };
  const picked = await vscode.window.showQuickPick([yes, { label: 'No' }], pickOptions(title, description));
  if (!picked) throw new CancelledError();
  return picked === yes;
}

async function askChoice(field: Field, title: string): Promise<string | undefined> {
  const other = { label: 'Something else…', value: null };
  const none = { label: 'No answer', value: undefined };
  const items = [...field.options, ...(field.free ? [other] : []), ...(field.required ? [] : [none])];
  const picked = await vscode.window.showQuickPick(items, pickOptions(title, field.description));
  if (!picked) throw new CancelledError();
  return picked.value === null ? askText(field, title) : picked.value;
}

async function askChoices({ options, description, required }: Field, title: string): Promise<string[]> {
  const picked = await vscode.window.showQuickPick(options, {
    ...pickOptions(title, description),
    canPickMany: true,
  });
  if (!picked || (required && picked.length === 0)) throw new CancelledError();
  return picked.map(({ value }) => value);
}

function pickOptions(title: string, placeHolder: string) {
  return { title, placeHolder, ignoreFocusOut: true };
}
