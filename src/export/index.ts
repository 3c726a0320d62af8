export { exportResults, type ExportFormat } from './export-results.js';
