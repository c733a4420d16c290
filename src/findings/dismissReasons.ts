/** The word of a user who holds the reviewer for mistaken. */
export const falseAlarm = 'False alarm';

/**
 * Reasons that are offered where a finding is dismissed; any other text will do too. They go into the instructions of the
 * next review, so that the same is not reported again.
 */
export const dismissReasons = [
  { label: falseAlarm, detail: 'The code is right; the reviewer is mistaken.' },
  { label: 'Intended', detail: 'It is as described, and meant to be so.' },
  { label: 'Not worth fixing now', detail: 'It is true, but the gain is smaller than the effort.' },
  { label: 'Handled elsewhere', detail: 'Something else takes care of it, or another change will.' },
] as const;
