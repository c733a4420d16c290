import type { Answers, Field } from '../protocol/approval.ts';

/** What was typed for a field: a value (undefined for what was left empty), or what is wrong with it. */
export type FieldAnswer = { readonly value: Answers[string] | undefined } | { readonly problem: string };

/** Pure. */
export function readField(field: Field, line: string): FieldAnswer {
  const text = line.trim();
  if (text === '') return field.required ? { problem: 'This is needed.' } : { value: undefined };
  switch (field.type) {
    case 'text':
      return { value: text };
    case 'number':
      return Number.isFinite(Number(text)) ? { value: Number(text) } : { problem: 'This is to be a number.' };
    case 'integer':
      return Number.isSafeInteger(Number(text))
        ? { value: Number(text) }
        : { problem: 'This is to be a whole number.' };
    case 'boolean':
      return readBoolean(text);
    case 'choice': {
      const value = optionAt(field, text) ?? (field.free ? text : undefined);
      return value === undefined ? { problem: noOption(field) } : { value };
    }
    case 'choices':
      return readChoices(field, text);
  }
}

function readBoolean(text: string): FieldAnswer {
  if (/^y(es)?$/i.test(text)) return { value: true };
  return /^no?$/i.test(text) ? { value: false } : { problem: 'Type y or n.' };
}

function readChoices(field: Field, text: string): FieldAnswer {
  const values: string[] = [];
  for (const word of text.split(',')) {
    const value = optionAt(field, word.trim());
    if (value === undefined) return { problem: noOption(field) };
    values.push(value);
  }
  return { value: [...new Set(values)] };
}

/** Options are named by their number, as they are shown. */
function optionAt({ options }: Field, word: string): string | undefined {
  return /^\d+$/.test(word) ? options[Number(word) - 1]?.value : undefined;
}

function noOption({ options }: Field): string {
  return `Type a number from 1 to ${options.length}.`;
}
