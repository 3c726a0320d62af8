import type { ContainerConfig, ContainerPlace, ContainerReading, ErrorCode } from '../../core/index.js';

/** What a backend tells its launcher. */
export type LauncherRequest =
  | { readonly type: 'launch'; readonly id: number; readonly functionId: string; readonly config: ContainerConfig; readonly env: Readonly<Record<string, string>> }
  /** `suspect`: a request to it has failed; most often it is dead already, and how it died is worth a moment of waiting. */
  | { readonly type: 'stop'; readonly id: number; readonly suspect?: true }
  | { readonly type: 'close' };

/** A container that is gone. */
export interface ContainerEnd {
  readonly id: number;
  /** Why, in words, with the last line of stderr. */
  readonly reason: string;
  /** What it counts as when nobody asked for it. */
  readonly code: ErrorCode;
  readonly cpuMs: number | undefined;
  readonly peakMemoryMb: number | undefined;
}

/** What a launcher tells its backend. */
export type LauncherEvent =
  /** `pid`: of its first process, as this machine counts; undefined where it is another machine's. */
  | { readonly type: 'started'; readonly id: number; readonly pid: number | undefined; readonly place: ContainerPlace }
  /** `port`: where it listens, if not on its socket. */
  | { readonly type: 'ready'; readonly id: number; readonly host?: string; readonly port?: number }
  | { readonly type: 'read'; readonly id: number; readonly reading: ContainerReading }
  | (ContainerEnd & { readonly type: 'ended' })
  /** It cannot go on. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly reason: string }
  | { readonly type: 'closed' };

/** What every launcher is told at its start, in the environment variable `FBB_LAUNCHER`; each has fields of its own besides. */
export interface LauncherConfig {
  /** Marks everything of the cell, so that it can be found. */
  readonly mark: string;
  /** Removed with everything in it at the end. */
  readonly folder: string;
  /** Launches under way at once. */
  readonly launchLimit: number;
  readonly memoryLimitMb: number;
  /** Cores of the host, and how many of them a container may use at once. */
  readonly cores: number;
  readonly containerCores: number;
}

export const launcherConfigVariable = 'FBB_LAUNCHER';
export const markVariable = 'FBB_MARK';
