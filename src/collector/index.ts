export { type Administration, administration } from './administration.ts';
export { buildAgentApi } from './agent-api/build-agent-api.ts';
export { type CollectorOptions, type RunningCollector, startCollector } from './collector.ts';
export { buildConsoleApi } from './console-api/build-console-api.ts';
export { type HeadState, openStoreReader, type StoreReader } from './store/store-reader.ts';
