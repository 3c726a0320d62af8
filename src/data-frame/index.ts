export type { DataFrame, DataGroups, DataSeries } from './danfo.js';
export { toDataFrame, type DataFrameOptions, type DataFrameTable } from './to-data-frame.js';
