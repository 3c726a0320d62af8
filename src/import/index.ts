export { importArtifact, type ImportRequest } from './import-artifact.js';
