/** Names the file into which a suite in the extension host writes what it has measured. */
export const resultFileVariable = 'TANDEM_BENCH_RESULT';
