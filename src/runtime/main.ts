import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { processCpuMs } from '../core/process-cpu.js';
import { addUsage, noSharing, noUsage, type ResourceUsage } from '../core/resource-cache.js';
import { containerConfigVariable, type ContainerConfig, type WireInit, type WireUsage } from '../core/wire.js';
import { EventLoopExecutor, SerialExecutor, type Executor } from './executors.js';
import { prepareSharing, tryLoadFunction } from './function-loader.js';
import { createProtocolServer, type Host } from './protocol-server.js';
import { ResourceMultiplexer } from './resource-multiplexer.js';
import { ThreadExecutor } from './thread-executor.js';

const threadIdleMs = 60_000;
/** A container that is to end waits so long for its resources to end. */
const disposalLimitMs = 250;

/** A container holds one function, loaded once; executors are made when they are first needed. */
class Container implements Host {
  readonly #memoryLimitMb: number;
  #loaded: { serial: Executor; expanded: () => Executor; multiplexer: ResourceMultiplexer } | undefined;
  #expanded: Executor | undefined;
  #functionName: string | undefined;
  #ofThreads = noUsage;

  constructor(memoryLimitMb: number) {
    this.#memoryLimitMb = memoryLimitMb;
  }

  async init(init: WireInit): Promise<string | undefined> {
    if (this.#loaded !== undefined) return `already holds '${this.#functionName}'`;
    const { spec, resourceCache = noSharing, serviceSliceMs } = init;
    if (spec === undefined) return 'the body of /init must hold a spec';
    const scope = prepareSharing(spec, resourceCache);
    const module = await tryLoadFunction(spec);
    if (typeof module === 'string') return module;
    const multiplexer = new ResourceMultiplexer(resourceCache, { outside: scope?.outside });
    const loop = { spec, module, multiplexer, scope };
    const memoryLimitMb = this.#memoryLimitMb;
    const expanded = (): Executor =>
      spec.kind === 'io'
        ? new EventLoopExecutor(loop)
        : new ThreadExecutor({
            spec,
            resourceCache,
            memoryLimitMb,
            workerPath: join(__dirname, 'thread-main.cjs'),
            idleMs: threadIdleMs,
            serviceSliceMs,
            onResources: (used) => {
              this.#ofThreads = addUsage(this.#ofThreads, used);
            },
          });
    this.#loaded = { serial: new SerialExecutor(loop), expanded, multiplexer };
    this.#functionName = init.function;
    return undefined;
  }

  executor(mode: 'serial' | 'expanded'): Executor | undefined {
    if (mode === 'serial') return this.#loaded?.serial;
    this.#expanded ??= this.#loaded?.expanded();
    return this.#expanded;
  }

  status(): object {
    return { status: this.#loaded === undefined ? 'new' : 'ok', function: this.#functionName, resources: this.resources ?? noUsage };
  }

  /** What became of requests for resources, on the main thread and all others. */
  get resources(): ResourceUsage | undefined {
    const multiplexer = this.#loaded?.multiplexer;
    // Most functions ask for nothing: no outcome of theirs pays for this.
    if (this.#ofThreads === noUsage && multiplexer?.wasAsked !== true) return undefined;
    return addUsage(this.#ofThreads, multiplexer?.usage ?? noUsage);
  }

  /** Ends the resources of the main thread; those of others end with their threads. */
  async close(): Promise<void> {
    await this.#loaded?.multiplexer.close(disposalLimitMs);
  }
}

function usage(): WireUsage {
  return { cpuMs: processCpuMs(), peakMemoryMb: process.resourceUsage().maxRSS / 1024 };
}

/** The first process of a process space: with its end, the kernel ends all others there. */
const firstPid = 1;

/** Ends this process and everything it started: it is the first of its container, or the launcher made it the leader of its own process group. */
function endWithDescendants(): void {
  if (process.pid === firstPid) process.exit(1);
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

/** The connection to the launcher: `ready` up, `stop` down, usage up. When it closes, the harness is gone and so is this container. */
function openControl({ controlFd, controlPath }: ContainerConfig, container: Container): Socket | undefined {
  if (controlFd === undefined && controlPath === undefined) return undefined;
  const control = controlPath === undefined ? new Socket({ fd: controlFd }) : connect(controlPath);
  control.on('data', (data) => {
    if (!data.includes('stop')) return;
    void container.close().then(() => control.end(`usage ${JSON.stringify(usage())}\n`, () => process.exit(0)));
  });
  control.on('end', endWithDescendants);
  control.on('error', (error) => {
    process.stderr.write(`cannot reach the launcher: ${error.message}\n`);
    endWithDescendants();
  });
  return control;
}

async function main(): Promise<void> {
  const config = JSON.parse(process.env[containerConfigVariable] ?? '{"memoryLimitMb":1024,"port":5000}') as ContainerConfig;
  const container = new Container(config.memoryLimitMb);
  const control = openControl(config, container);
  const server = createProtocolServer(container);
  server.on('error', (error) => {
    process.stderr.write(`cannot listen: ${error.message}\n`);
    process.exit(1);
  });
  if (config.socketPath === undefined) server.listen(config.port ?? 5000);
  // Whoever may enter its folder may connect: the harness has another user than a container of Docker.
  else server.listen({ path: config.socketPath, writableAll: true });
  const problem = config.init === undefined ? undefined : await container.init(config.init);
  if (problem !== undefined) {
    process.stderr.write(`cannot load the function: ${problem}\n`);
    process.exit(1);
  }
  if (!server.listening) await new Promise<void>((resolve) => server.once('listening', resolve));
  control?.write('ready\n');
}

void main();
