export { createSync, type Sync, type SyncOptions, type SyncStatus } from './sync.ts';
