import { fileURLToPath } from 'node:url';

/** Where the build puts the programs that run in processes of their own. */
export const runtimeFolder = fileURLToPath(new URL('../../dist/runtime', import.meta.url));

/** Where the build puts the functions. */
export const functionsFolder = fileURLToPath(new URL('../../dist/functions', import.meta.url));
