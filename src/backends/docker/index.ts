export { connectDaemon, type Daemon } from './daemon.js';
export { DockerRun } from './docker-run.js';
export { removeAbandoned, removeAll, removeImages, type Removed } from './left-behind.js';
