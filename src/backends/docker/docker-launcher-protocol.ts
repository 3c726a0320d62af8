import type { LauncherConfig } from '../launched/launcher-protocol.js';

/** What a function runs in. */
export interface FunctionContainer {
  readonly image: string;
  /** Program and arguments; undefined: what the image says. */
  readonly command?: readonly string[] | undefined;
  /** `ours`: it runs our runtime and says when it is ready. `artifact`: it serves the protocol of the paper's artifact on port 5000, and is asked. */
  readonly speaks: 'ours' | 'artifact';
  /** On the network of the cell; otherwise on none. */
  readonly networked: boolean;
}

/** What the launcher of Docker containers is told besides what every launcher is. */
export interface DockerLauncherExtra {
  readonly runId: string;
  /** By function id. */
  readonly functions: Readonly<Record<string, FunctionContainer>>;
  /** Id of the network of the cell, which the launcher finds again by its label and removes; undefined: there is none. */
  readonly network: string | undefined;
  /** Address on which ports are published; undefined: containers are reached by sockets in mounted folders, and by the network of the cell. */
  readonly publishOn: string | undefined;
  /** From the start of a container, not of its wait for a place among the launches, until it is ready. */
  readonly startTimeoutMs: number;
  /** For the daemon to say that it is there, when a container takes longer. */
  readonly answerTimeoutMs: number;
}

export type DockerLauncherConfig = LauncherConfig & DockerLauncherExtra;
