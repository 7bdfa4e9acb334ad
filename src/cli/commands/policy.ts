import type { Command } from 'commander';
import { addCheck } from '../policy/check.ts';
import { addShow } from '../policy/show.ts';
import { addSign } from '../policy/sign.ts';
import { addTest } from '../policy/test.ts';

/** `sekisho policy ...`: everything an admin does with a policy before it is pushed. */
export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('check, test, sign and show policies');
  addCheck(policy);
  addTest(policy);
  addSign(policy);
  addShow(policy);
}
