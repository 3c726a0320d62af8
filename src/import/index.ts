export { artifactSchedulers } from './artifact-names.js';
export { artifactCellKey } from './artifact-runs.js';
export { importArtifact, type ImportRequest } from './import-artifact.js';
export { importedManifest } from './imported-manifest.js';
export { importedSummary } from './imported-summary.js';
export { invocationsOf } from './paper.js';
