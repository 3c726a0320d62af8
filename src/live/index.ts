export { parseLiveAddress, type LiveAddress } from './live-address.js';
export { LiveFeed } from './live-feed.js';
export { startLive } from './live-process.js';
export type { LiveCell, LiveCurrent, LiveEvents, LivePoint, LiveProgress, LiveRun, LiveRunEnd } from './live-events.js';
