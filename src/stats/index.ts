export { median } from './median.js';
export { ShortestRemaining, shortestRemainingLatenciesMs } from './shortest-remaining.js';
