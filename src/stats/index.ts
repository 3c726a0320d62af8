export { quantileOf, resample } from './bootstrap.js';
export { criticalT, twoSidedT } from './distributions.js';
export { correctForMany } from './many-comparisons.js';
export { median } from './median.js';
export { correlationWithNext, geometricMean, meanOf, varianceOf } from './moments.js';
export { mannWhitney, signedRank, type RankTest } from './rank-tests.js';
export { ShortestRemaining, shortestRemainingLatenciesMs } from './shortest-remaining.js';
