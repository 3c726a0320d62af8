// node compare.mjs <result set>: its folder, or its id or `latest` below ./results.
import { FbbError, readResultSet, toDataFrame } from 'faasbatch-bench';
import { coldStartShares, latencies, latencyShares } from './comparisons.mjs';

function print(title, frame) {
  const rounded = frame.applyMap((value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value));
  // Danfo alone would cut off `batching-expanding`.
  rounded.config.setTableDisplayConfig({ columns: [{ width: 4 }, ...frame.columns.map(() => ({ width: 18, truncate: 18 }))] });
  console.log(title);
  rounded.print();
}

const [, , name = 'latest'] = process.argv;
try {
  const results = readResultSet(name);
  const invocations = await toDataFrame(results, 'invocations');
  print('Latency in ms by workload and scheduler', latencies(await toDataFrame(results, 'summary')));
  print('Share of invocations that waited for a container to start, by scheduler and function', coldStartShares(invocations));
  print('Share of the time in each part of the latency, by scheduler', latencyShares(invocations));
} catch (error) {
  console.error(error instanceof FbbError ? `${error.code}: ${error.message}\n${error.fix}` : error);
  process.exitCode = error instanceof FbbError ? error.exitCode : 1;
}
