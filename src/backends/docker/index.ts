export { connectDaemon, dockerClient, type Daemon } from './daemon.js';
export { inTime } from './in-time.js';
export { DockerRun } from './docker-run.js';
export { countAbandoned, removeAbandoned, removeAll, removeImages, removeRun } from './left-behind.js';
