export { ProcessBackend } from './process-backend.js';
