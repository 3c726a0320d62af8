export { createProcessBackend } from './process-backend.js';
