import type { CgroupFiles } from './cgroup.js';

/** Where what a container uses is read. */
export type ContainerPlace =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'cgroup'; readonly files: CgroupFiles }
  /** Nowhere on this machine: the backend is told by others, and passes it on with `containerRead`. */
  | { readonly kind: 'told' };

/** What a container has used, as a backend was told. */
export interface ContainerReading {
  /** CPU time since its start. */
  readonly cpuMs: number;
  readonly memoryMb: number;
}

/** Where a backend announces what there is to be measured. */
export interface ContainerObserver {
  /** It exists from now on. */
  containerStarted(containerId: number, place: ContainerPlace): void;
  /** Only of containers whose place is `told`. */
  containerRead(containerId: number, reading: ContainerReading): void;
  containerStopped(containerId: number): void;
}
