/** What the process ends with; documented in docs/errors.md. */
export const ExitCode = {
  done: 0,
  bug: 1,
  usage: 2,
  regression: 3,
  notComparable: 4,
  invalidCell: 5,
  missing: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
