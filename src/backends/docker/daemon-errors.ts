import { describeError, FbbError, type ErrorCode } from '../../core/errors.js';

interface DaemonError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly json?: { readonly message?: string } | string | null;
  readonly reason?: string;
}

/** What a daemon said in words, in one line, without the client's frame around it. */
export function daemonSaid(thrown: unknown): string {
  const { json } = thrown as DaemonError;
  const said = typeof json === 'object' && json !== null ? json.message : undefined;
  return (said ?? describeError(thrown)).replace(/\s*\n\s*/g, ' ').trim();
}

const gone = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ESOCKETTIMEDOUT']);

export function statusOf(thrown: unknown): number | undefined {
  return (thrown as DaemonError).statusCode;
}

/** No answer came at all. */
export function isUnreachable(thrown: unknown): boolean {
  if (thrown instanceof FbbError) return false;
  const { code, statusCode } = thrown as DaemonError;
  return statusCode === undefined && (gone.has(code ?? '') || /socket hang up|timed out|hung up/i.test(describeError(thrown)));
}

/** The code of what a daemon refused to do; `otherwise` when its words tell nothing. */
export function codeOf(thrown: unknown, otherwise: ErrorCode): ErrorCode {
  if (thrown instanceof FbbError) return thrown.code;
  const { code } = thrown as DaemonError;
  const said = daemonSaid(thrown);
  if (code === 'EACCES' || code === 'EPERM') return 'FBB_ERR_DOCKER_PERMISSION';
  if (/no space left on device|disk quota exceeded/i.test(said)) return 'FBB_ERR_DOCKER_DISK_FULL';
  if (/no such image/i.test(said)) return 'FBB_ERR_DOCKER_IMAGE';
  return isUnreachable(thrown) ? 'FBB_ERR_DOCKER_UNREACHABLE' : otherwise;
}

/** An error of a daemon as one of ours; `doing`: what was tried, as in "make the network of the run". */
export function daemonError(thrown: unknown, doing: string, otherwise: ErrorCode = 'FBB_ERR_DOCKER_REFUSED'): FbbError {
  if (thrown instanceof FbbError) return thrown;
  return new FbbError(codeOf(thrown, otherwise), `Docker could not ${doing}: ${daemonSaid(thrown)}.`, { cause: thrown });
}
