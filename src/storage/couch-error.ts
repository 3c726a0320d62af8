type CouchStatus = 400 | 401 | 404 | 409 | 412 | 413 | 415;

/** An answer other than success, in CouchDB's terms: an HTTP status and the two members of its body. */
export class CouchError extends Error {
  override readonly name = 'CouchError';
  readonly status: CouchStatus;
  /** The kind of error, for programs, such as `not_found`. */
  readonly error: string;
  readonly reason: string;

  constructor(status: CouchStatus, error: string, reason: string) {
    super(reason);
    this.status = status;
    this.error = error;
    this.reason = reason;
  }
}

export function badRequest(reason: string): CouchError {
  return new CouchError(400, 'bad_request', reason);
}

export function notFound(reason: string): CouchError {
  return new CouchError(404, 'not_found', reason);
}

export function conflict(): CouchError {
  return new CouchError(409, 'conflict', 'Document update conflict.');
}

export function unauthorized(reason: string): CouchError {
  return new CouchError(401, 'unauthorized', reason);
}
