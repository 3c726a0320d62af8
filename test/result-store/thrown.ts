/** What a user would be told; empty when nothing was thrown. */
export function thrown(attempt: Promise<unknown>): Promise<{ readonly code?: string; readonly message?: string; readonly fix?: string; readonly exitCode?: number }> {
  return attempt.then(
    () => ({}),
    (error: unknown) => error as object,
  );
}
