/** The door of the agent: the service of an enrolled PC, one guard in the foreground, and replay. */
export { replay, type Replay } from './recording.ts';
export { type RunningAgent, type ServiceOptions, startService } from './service.ts';
