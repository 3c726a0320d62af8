import { FbbError, fibGrowth } from '../../core/index.js';
import type { DemandOf, FunctionModel } from './demand.js';
import type { FunctionProfile, HostProfile } from './host-profile.js';

function modelOf(profile: FunctionProfile): DemandOf {
  switch (profile.model) {
    case 'fib':
      return (input, into) => {
        const { n } = input as { n: number };
        into.firstCpuMs = 0;
        into.clientCpuMs = 0;
        into.clientServerCpuMs = 0;
        into.clientWaitMs = 0;
        into.serverCpuMs = 0;
        into.cpuMs = profile.fib30Ms * fibGrowth ** (n - 30);
        into.waitMs = 0;
      };
    case 'stated':
      return (input, into) => {
        const { cpuMs, waitMs } = input as { cpuMs: number; waitMs: number };
        into.firstCpuMs = 0;
        into.clientCpuMs = 0;
        into.clientServerCpuMs = 0;
        into.clientWaitMs = 0;
        into.serverCpuMs = 0;
        into.cpuMs = cpuMs;
        into.waitMs = waitMs;
      };
    case 'client':
      return (_input, into) => {
        into.firstCpuMs = profile.firstCpuMs;
        into.clientCpuMs = profile.clientCpuMs;
        into.clientServerCpuMs = profile.clientServerCpuMs;
        into.clientWaitMs = profile.clientWaitMs;
        into.serverCpuMs = profile.serverCpuMs;
        into.cpuMs = profile.cpuMs;
        into.waitMs = profile.waitMs;
      };
  }
}

/** An input that the model cannot read must not become work without end. */
function checked(functionName: string, model: DemandOf): DemandOf {
  return (input, into) => {
    model(input, into);
    if (into.cpuMs >= 0 && into.waitMs >= 0 && into.cpuMs + into.waitMs < Number.POSITIVE_INFINITY) return;
    throw new FbbError('FBB_ERR_FUNCTION_INPUT', `The host profile's model of function '${functionName}' has no demand for the input ${JSON.stringify(input)}.`);
  };
}

/** What each invocation of a function demands on this host. A function that the profile does not know cannot be simulated. */
export function functionModel(functionName: string, host: HostProfile): FunctionModel {
  const profile = host.functions[functionName];
  if (profile !== undefined) return { loadLatencyMs: profile.loadLatencyMs, loadCpuMs: profile.loadCpuMs, demandOf: checked(functionName, modelOf(profile)) };
  throw new FbbError('FBB_ERR_HOST_PROFILE', `The host profile '${host.name}' does not say what function '${functionName}' costs; it knows: ${Object.keys(host.functions).join(', ')}.`);
}
