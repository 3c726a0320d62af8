import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type FileMetaData } from 'hyparquet';

/** All rows of a Parquet file, and what it says of itself; read by hyparquet, which is not what writes it. */
export async function readParquet(path: string): Promise<{ readonly rows: Record<string, unknown>[]; readonly metadata: FileMetaData }> {
  const file = await asyncBufferFromFile(path);
  return { rows: await parquetReadObjects({ file }), metadata: await parquetMetadataAsync(file) };
}
