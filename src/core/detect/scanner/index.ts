/**
 * The door of the scanner: bytes in, candidates out. It finds in one pass over undecoded bytes where a detector should
 * look; what is near is decoded and judged elsewhere. See docs/decisions/005-scanner.md.
 */
export type { Candidate, MissKind } from './candidate.ts';
export { CONTEXT_GROUPS, type ContextGroup, type ContextNear, type ContextWordPlace } from './context.ts';
export { createEngine, createScanner } from './create.ts';
export type { Engine } from './engine.ts';
export { Scanner, type Reading, type TakeCandidate } from './scanner.ts';
export type { Surroundings } from './surroundings.ts';
