export { connectDaemon, dockerClient, inTime, type Daemon } from './daemon.js';
export { DockerRun } from './docker-run.js';
export { countAbandoned, removeAbandoned, removeAll, removeImages, removeRun } from './left-behind.js';
