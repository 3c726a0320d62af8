export { parseLiveAddress, type LiveAddress } from './live-address.js';
export { LiveFeed } from './live-feed.js';
export { startLive } from './live-process.js';
