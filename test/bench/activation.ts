import { runInVsCode } from './inVsCode.ts';

export interface Activation {
  /** Loading the bundle, ms, as VS Code measured it. */
  readonly load: number;
  /** `activate`, ms. */
  readonly call: number;
}

/** One activation of the built extension (dist/) in a fresh VS Code. */
export async function measureActivation(): Promise<Activation> {
  return parseRow(await runInVsCode('activationSuite.ts'));
}

/** `| tandem.tandem | eager/late | load code | call activate | finish activate | …` of “Developer: Startup Performance”. */
function parseRow(row: string): Activation {
  const numbers = row
    .split('|')
    .map((cell) => Number.parseInt(cell.trim(), 10))
    .filter((value) => !Number.isNaN(value));
  const [load, call] = numbers;
  if (load === undefined || call === undefined)
    throw new Error(`VS Code's report has an unknown form: ${row}`);
  return { load, call };
}
