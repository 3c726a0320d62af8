/** A client that a function constructs by itself, and that its invocations share all the same. */
export interface SharedClient {
  /** The package that it comes from. */
  readonly module: string;
  /** Names of the exports that construct it; `default` is also the package itself, where that is the constructor. */
  readonly exports: readonly string[];
  /** Methods that close it. The first one is called when nobody can get it any more; none: it is just dropped. */
  readonly close: readonly string[];
  /** Methods that connect it, which happens once for all who call them. */
  readonly open?: readonly string[] | undefined;
  /** With one of these values in this property it is of no use any more. */
  readonly broken?: { readonly property: string; readonly values: readonly (string | number | boolean | null)[] } | undefined;
}

/** Those that a manifest may name by their package alone. */
export const knownClients: readonly SharedClient[] = [
  { module: 'ioredis', exports: ['default', 'Redis'], open: ['connect'], close: ['quit', 'disconnect'], broken: { property: 'status', values: ['end', 'close'] } },
  { module: 'nano', exports: ['default'], close: [] },
  { module: '@aws-sdk/client-s3', exports: ['S3Client'], close: ['destroy'] },
];

/** Where the build puts such a package: a file beside the handler, so that loading it can be seen, wherever the function runs. */
export function bundledClientFile(module: string): string {
  return `${module.replace(/^@/, '').replaceAll('/', '-')}.cjs`;
}
