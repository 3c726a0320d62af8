/** Node ends the report of an uncaught error with a stack and its own version; the line that says what happened stands before. */
export function tellingLine(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line));
  return lines.findLast((line) => /^(\w*Error\b|cannot )/.test(line)) ?? lines.at(-1);
}

export function isOutOfHeap(stderr: string): boolean {
  return stderr.includes('heap out of memory');
}

export function overMemoryReason(memoryLimitMb: number, how: string): string {
  return `it used more than ${memoryLimitMb} MB (${how})`;
}
