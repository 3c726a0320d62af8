/** The six parts of a latency: columns of invocations that add up to total_ms. */
const parts = ['lag_ms', 'scheduling_ms', 'cold_start_ms', 'queue_ms', 'execution_ms', 'response_ms'];

/** Of the frame of summaries: mean and 98th percentile of the latency in ms by workload and scheduler, a mean over their valid cells. */
export function latencies(summary) {
  const valid = summary.query(summary.column('valid'));
  if (valid.shape[0] === 0) throw new Error('no cell is valid');
  return valid.groupby(['workload', 'scheduler']).col(['total_mean_ms', 'total_p98_ms']).mean();
}

/** What was measured of the invocations that completed; of the others the parts may be missing. */
function completed(invocations) {
  const frame = invocations.query(invocations.column('outcome').eq('completed'));
  if (frame.shape[0] === 0) throw new Error('no invocation completed');
  return frame;
}

/** Of the frame of invocations: the share of them that waited for a container to start, by scheduler and function, the largest first. */
export function coldStartShares(invocations) {
  const frame = completed(invocations);
  const cold = frame.column('cold_start_ms').values.map((ms) => (ms > 0 ? 1 : 0));
  return frame.addColumn('cold', cold).groupby(['scheduler', 'function']).col(['cold']).mean().sortValues('cold_mean', { ascending: false });
}

/** Of the frame of invocations: the share of their time that was spent in each part of the latency, by scheduler. */
export function latencyShares(invocations) {
  const sums = completed(invocations).groupby(['scheduler']).col([...parts, 'total_ms']).sum();
  const total = sums.column('total_ms_sum');
  const shares = parts.reduce((frame, part) => frame.addColumn(part.replace('_ms', ''), sums.column(`${part}_sum`).div(total)), sums);
  return shares.drop({ columns: [...parts, 'total_ms'].map((name) => `${name}_sum`) });
}
