import { initial } from './001-initial.ts';

/** In order; the store's `user_version` is how many of them it has had. */
export const MIGRATIONS: readonly string[] = [initial];
