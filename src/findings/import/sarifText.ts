import { codeSpan } from '../../base/markdownCode.ts';
import { oneLine, printable } from '../../base/printable.ts';
import type { InputMessage, InputResult, InputRule } from './sarifInput.ts';

/** Longer texts are cut. Characters. */
const maxTitle = 200;
const maxBody = 50_000;

export interface ResultText {
  title: string;
  /** Both Markdown; empty where there is none. */
  body: string;
  recommendation: string;
}

/**
 * Title and body of a result of another tool: its message, and which rule it is about. Null if it says nothing.
 * @param rule of the result, if the log has it
 */
export function textOfResult(result: InputResult, rule: InputRule | undefined): ResultText | null {
  const id = oneLine(result.ruleId ?? result.rule?.id ?? rule?.id ?? '', maxTitle);
  const about = oneLine(rule?.shortDescription?.text ?? rule?.name ?? '', maxTitle);
  const { text, markdown } = messageOf(result, rule);
  const title = firstText(oneLine(firstLine(text), maxTitle), about, id);
  if (title === '') return null;
  const whole = firstText(markdown, text);
  const help = ruleText(id, about === title ? '' : about, rule?.helpUri);
  // The title has said all of it, unless it was cut.
  const parts = oneLine(whole, maxBody) === title ? [help] : [whole, help];
  return { title, body: parts.filter((part) => part !== '').join('\n\n'), recommendation: '' };
}

function firstText(...texts: readonly string[]): string {
  return texts.find((text) => text !== '') ?? '';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Title, body and recommendation as Tandem wrote them; see `messageOf` in export/sarif.ts. */
export function textOfOwnResult({
  message,
  properties,
}: InputResult): ResultText & { recommendation: string } {
  const text = clean(message?.text ?? '');
  const recommendation =
    typeof properties?.['recommendation'] === 'string' ? properties['recommendation'] : '';
  const end = text.lastIndexOf('\n\nRecommendation: ');
  const said = recommendation === '' || end === -1 ? text : text.slice(0, end);
  const title = firstLine(said);
  return { title, body: said.slice(title.length).trim(), recommendation: clean(recommendation) };
}

/** 3.11.7: the text itself, or one that the rule keeps under a name. */
function messageOf(
  { message }: InputResult,
  rule: InputRule | undefined,
): { text: string; markdown: string } {
  const named = message?.id === undefined ? undefined : rule?.messageStrings?.[message.id];
  const args = message?.arguments ?? [];
  const filled = (part: 'text' | 'markdown') => clean(fill(message?.[part] ?? named?.[part] ?? '', args));
  return { text: withoutLinks(filled('text')), markdown: filled('markdown') };
}

/** Placeholders and doubled braces (3.11.5). Without arguments most tools write neither. */
function fill(text: string, args: InputMessage['arguments']): string {
  if (args.length === 0) return text;
  return text.replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (found, index: string | undefined) =>
    index === undefined ? found.charAt(0) : (args[Number(index)] ?? found),
  );
}

/** Of links to other places of the log, `[text](1)`, the text is left; they lead nowhere here (3.11.6). */
function withoutLinks(text: string): string {
  return text.replaceAll(/\[((?:[^\\[\]]|\\.)*)\]\(\d+\)/g, '$1');
}

function ruleText(id: string, about: string, helpUri: string | undefined): string {
  if (id === '') return '';
  const name = `Rule ${codeSpan(id)}${about === '' ? '' : `: ${about}`}`;
  const help = helpUri !== undefined && /^https?:\/\/[^\s<>\\]+$/i.test(helpUri) ? ` (<${helpUri}>)` : '';
  return name + help;
}

function clean(text: string): string {
  const printed = printable(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')).trim();
  return printed.length <= maxBody ? printed : `${printed.slice(0, maxBody)}\n\n… (shortened)`;
}
