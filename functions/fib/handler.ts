interface Input {
  readonly n: number;
}

/** fib(1) = 0, fib(2) = 1, as the paper's function counts. */
function fib(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return fib(n - 1) + fib(n - 2);
}

function fibByAdding(n: number): number {
  let [previous, current] = [0, 1];
  for (let i = 2; i < n; i += 1) [previous, current] = [current, previous + current];
  return n <= 1 ? previous : current;
}

export function handler(input: Input): number {
  return fib(input.n);
}

export function checkInput(input: unknown): string | undefined {
  const n = (input as Partial<Input> | null)?.n;
  return typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= 60 ? undefined : 'n must be a whole number from 1 to 60';
}

export function checkOutput(input: Input, output: unknown): string | undefined {
  const expected = fibByAdding(input.n);
  return output === expected ? undefined : `fib(${input.n}) is ${expected}, not ${String(output)}`;
}
