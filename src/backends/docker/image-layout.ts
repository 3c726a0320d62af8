/** Where things are in the function image. */
export const nodeInImage = '/fbb/node';
export const runtimeInImage = '/fbb/runtime/main.cjs';
/** Where the folder of a container's sockets is mounted. */
export const socketsInContainer = '/fbb/sockets';
