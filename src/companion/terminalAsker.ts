import { CancelledError } from '../base/errors.ts';
import type { Answers, Approval, Decision, Field } from '../protocol/approval.ts';
import { errorText } from './outcome.ts';
import { printable } from '../base/printable.ts';
import type { Asker, Decide } from './job.ts';
import type { ProgressLine } from './progressLine.ts';
import {
  choicesOf,
  fieldPrompt,
  fieldText,
  fieldsOf,
  goneText,
  promptText,
  questionText,
} from './questionText.ts';
import { readField } from './readField.ts';
import { TypedLines } from './typedLines.ts';

/** Puts what the job asks to the person at the terminal, one question after the other. */
export class TerminalAsker implements Asker {
  private open: readonly Approval[] = [];
  private decide: Decide = () => Promise.resolve();
  /** Questions that the user has answered; the host may not have said yet that they are gone. */
  private readonly answered = new Set<string>();
  private current: { readonly id: string; readonly gone: AbortController } | null = null;
  private isAsking = false;
  private isOver = false;

  private constructor(
    private readonly lines: TypedLines,
    private readonly output: NodeJS.WritableStream,
    private readonly progress: ProgressLine,
  ) {}

  /** Null unless somebody reads and types here. */
  static at(
    input: NodeJS.ReadStream,
    output: NodeJS.WriteStream,
    progress: ProgressLine,
  ): TerminalAsker | null {
    return input.isTTY && output.isTTY ? new TerminalAsker(new TypedLines(input), output, progress) : null;
  }

  show(open: readonly Approval[], decide: Decide): void {
    this.open = open;
    this.decide = decide;
    const { current } = this;
    if (current && !open.some(({ id }) => id === current.id)) current.gone.abort();
    if (!this.isAsking) void this.askAll();
  }

  dispose(): void {
    this.isOver = true;
    this.open = [];
    this.current?.gone.abort();
    this.lines.close();
  }

  private async askAll(): Promise<void> {
    this.isAsking = true;
    for (let next = this.next(); next; next = this.next()) {
      this.progress.clear();
      this.progress.isHeld = true;
      await this.ask(next);
      this.progress.isHeld = false;
    }
    this.isAsking = false;
  }

  private next(): Approval | undefined {
    return this.open.find(({ id }) => !this.answered.has(id));
  }

  private async ask(approval: Approval): Promise<void> {
    const gone = new AbortController();
    this.current = { id: approval.id, gone };
    try {
      await this.lines.open();
      const decision = await this.decisionOn(approval, gone.signal);
      this.current = null;
      this.answered.add(approval.id);
      await this.decide(approval.id, decision);
    } catch (error) {
      this.current = null;
      this.answered.add(approval.id);
      this.say(error instanceof CancelledError ? `\n${goneText(approval, Date.now())}` : errorText(error));
    }
  }

  private async decisionOn(approval: Approval, gone: AbortSignal): Promise<Decision> {
    try {
      return await this.choose(approval, gone);
    } catch (error) {
      if (!(error instanceof InputEnded)) throw error;
      this.say('\nNothing can be typed here any more: it is declined.');
      return { kind: 'decline', reason: '' };
    }
  }

  private async choose(approval: Approval, gone: AbortSignal): Promise<Decision> {
    const { text, rest } = questionText(approval);
    let isWhole = rest === '';
    this.say(text);
    for (;;) {
      const offered = choicesOf(approval, isWhole);
      const typed = (await this.type(promptText(offered), gone)).trim().toLowerCase();
      switch (offered.find(({ key }) => key === typed)?.key) {
        case 'a':
          return { kind: 'allow', session: false };
        case 's':
          return { kind: 'allow', session: true };
        case 'w':
          return { kind: 'answer', values: await this.answers(fieldsOf(approval.subject), gone) };
        case 'd':
          return {
            kind: 'decline',
            reason: (await this.type('Why? Codex reads it. Enter for no reason: ', gone)).trim(),
          };
        case 'c':
          return { kind: 'cancel' };
        case 'm':
          this.say(rest);
          isWhole = true;
          break;
        case undefined:
        default:
        // What is none of these is asked again.
      }
    }
  }

  private async answers(fields: readonly Field[], gone: AbortSignal): Promise<Answers> {
    const values: Answers = {};
    for (const field of fields) {
      this.say(fieldText(field));
      const value = await this.answer(field, gone);
      if (value !== undefined) values[field.id] = value;
    }
    return values;
  }

  private async answer(field: Field, gone: AbortSignal): Promise<Answers[string] | undefined> {
    for (;;) {
      const answer = readField(field, await this.type(fieldPrompt(field), gone));
      if ('value' in answer) return answer.value;
      this.say(answer.problem);
    }
  }

  /** @throws CancelledError once the question is gone, InputEnded */
  private async type(prompt: string, gone: AbortSignal): Promise<string> {
    this.output.write(prompt);
    const line = await this.lines.next(gone);
    if (line === null) throw new InputEnded();
    return line;
  }

  private say(text: string): void {
    if (!this.isOver) this.output.write(`${printable(text)}\n`);
  }
}

/** Ctrl+D, or the terminal is gone. */
class InputEnded extends Error {}
