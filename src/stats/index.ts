export { ShortestRemaining, shortestRemainingLatenciesMs } from './shortest-remaining.js';
