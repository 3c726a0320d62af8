/** What reads the time, sets timers or is random, and does not come through the context. */
const functions = [
  { of: 'Date', name: 'now', label: 'Date.now()' },
  { of: 'performance', name: 'now', label: 'performance.now()' },
  { of: 'process', name: 'hrtime', label: 'process.hrtime()' },
  { of: 'process', name: 'uptime', label: 'process.uptime()' },
  { of: 'Math', name: 'random', label: 'Math.random()' },
  { of: 'crypto', name: 'getRandomValues', label: 'crypto.getRandomValues()' },
  { of: 'crypto', name: 'randomUUID', label: 'crypto.randomUUID()' },
  { of: 'globalThis', name: 'setTimeout', label: 'setTimeout()' },
  { of: 'globalThis', name: 'setInterval', label: 'setInterval()' },
  { of: 'globalThis', name: 'setImmediate', label: 'setImmediate()' },
] as const;

type AnyFunction = (...args: unknown[]) => unknown;

/** Puts something in place of a property, with the same attributes otherwise; returns what undoes it. */
function replace(owner: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, enumerable: own?.enumerable ?? false, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}

/** The same function, with the same properties, that first says it is used. */
function reporting(original: AnyFunction, used: () => void): AnyFunction {
  return new Proxy(original, {
    apply(target, receiver, args: unknown[]) {
      used();
      return Reflect.apply(target, receiver, args);
    },
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      // `process.hrtime.bigint` and the like read the clock as well.
      return typeof value === 'function' && Object.hasOwn(target, name) && name !== 'prototype' ? reporting(value as AnyFunction, used) : value;
    },
  });
}

/** `Date` that says when the present is asked for; an instant that is given is no question. */
function reportingDate(original: DateConstructor, used: (label: string) => void): DateConstructor {
  return new Proxy(original, {
    apply(target, receiver, args: unknown[]) {
      used('Date()');
      return Reflect.apply(target, receiver, args) as string;
    },
    construct(target, args: unknown[], newTarget) {
      if (args.length === 0) used('new Date()');
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

/** Runs `call`; tells of each clock, timer and source of randomness outside the cell that it uses meanwhile. They work as ever. */
export function watchOutsideSources<T>(call: () => T, used: (label: string) => void): T {
  const undo: (() => void)[] = [];
  try {
    for (const { of, name, label } of functions) {
      const owner: unknown = of === 'globalThis' ? globalThis : Reflect.get(globalThis, of);
      const original: unknown = typeof owner === 'object' || typeof owner === 'function' ? Reflect.get(owner as object, name) : undefined;
      if (typeof original === 'function') undo.push(replace(owner as object, name, reporting(original as AnyFunction, () => used(label))));
    }
    undo.push(replace(globalThis, 'Date', reportingDate(Date, used)));
    return call();
  } finally {
    for (const restore of undo.reverse()) restore();
  }
}
