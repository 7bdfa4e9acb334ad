export { type CollectorOptions, type RunningCollector, startCollector } from './collector.ts';
export { buildAgentApi } from './agent-api/build-agent-api.ts';
export { buildConsoleApi } from './console-api/build-console-api.ts';
export { hashPassword } from './console-api/passwords.ts';
