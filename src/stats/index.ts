export { shortestRemainingLatenciesMs } from './shortest-remaining.js';
