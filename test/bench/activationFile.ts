/** Names the file into which the suite in the extension host writes its row. */
export const activationFileVariable = 'TANDEM_BENCH_ACTIVATION';
