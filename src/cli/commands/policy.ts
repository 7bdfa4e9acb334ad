import type { Command } from 'commander';
import { addCheck } from '../policy/check.ts';
import { addExplain } from '../policy/explain.ts';
import { addShow } from '../policy/show.ts';
import { addSign } from '../policy/sign.ts';
import { addTest } from '../policy/test.ts';

/** `sekisho policy ...`: everything an admin does with a policy before it is pushed. */
export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('check, test, sign, show and explain policies');
  addCheck(policy);
  addTest(policy);
  addSign(policy);
  addShow(policy);
  addExplain(policy);
}
