/** The part of jStat that is used; it ships no types. */
declare module 'jstat' {
  interface Distribution {
    /** P(T <= t). */
    cdf(t: number, degreesOfFreedom: number): number;
    inv(p: number, degreesOfFreedom: number): number;
  }
  /** A module of CommonJS: all of it is the default export. */
  const library: { readonly jStat: { readonly studentt: Distribution; readonly normal: { cdf(x: number, mean: number, deviation: number): number } } };
  export { library as default };
}
