import type { ContainerConfig } from '../../core/index.js';

/** What the backend tells its launcher. */
export type LauncherRequest =
  | { readonly type: 'launch'; readonly id: number; readonly config: ContainerConfig; readonly env: Readonly<Record<string, string>> }
  | { readonly type: 'stop'; readonly id: number }
  | { readonly type: 'close' };

/** What the launcher tells the backend. */
export type LauncherEvent =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'ready'; readonly id: number }
  | {
      readonly type: 'ended';
      readonly id: number;
      /** Why, in words, with the last line of stderr. */
      readonly reason: string;
      readonly overMemory: boolean;
      readonly cpuMs: number | undefined;
      readonly peakMemoryMb: number | undefined;
    }
  | { readonly type: 'closed' };

/** What the launcher is told at its start, in the environment variable `FBB_LAUNCHER`. */
export interface LauncherConfig {
  readonly runtimePath: string;
  /** Marks every process of the cell in its environment, so that even those that left their group can be found. */
  readonly mark: string;
  /** Removed with everything in it at the end. */
  readonly folder: string;
  /** Launches under way at once. */
  readonly launchLimit: number;
  readonly memoryLimitMb: number;
  /** Cores of the host, and how many of them a container may use at once; fewer are given by affinity, in turn. */
  readonly cores: number;
  readonly containerCores: number;
}

export const launcherConfigVariable = 'FBB_LAUNCHER';
export const markVariable = 'FBB_MARK';
