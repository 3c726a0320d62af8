/** The work of naive fib grows by this factor from n to n + 1: the golden ratio. */
export const fibGrowth = (1 + Math.sqrt(5)) / 2;
