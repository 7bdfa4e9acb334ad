import { dirname, join } from 'node:path';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Policy } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { ownDataOf } from '../../core/policy/own-data.ts';
import { indexProblems, type IndexPath } from '../../inspect/index.ts';
import { formatProblem, policyProblemAt, type PolicyProblem } from '../../policy/index.ts';
import { callerPath } from '../context.ts';

/** The indexes of a policy that is read from a file lie in the same folder. */
export function indexBeside(policyFile: string): IndexPath {
  const folder = dirname(callerPath(policyFile));
  return ({ file }) => join(folder, file);
}

/** A problem for each index that the policy names and that is not there, is another, or does not fit its entry. */
export async function unusableIndexes(policyFile: string, source: string, policy: Policy): Promise<PolicyProblem[]> {
  const problems = await indexProblems(ownDataOf(policy), indexBeside(policyFile));
  return problems.map(({ index, problem }) =>
    policyProblemAt(source, ['own-data', policy['own-data'].indexOf(index), 'file'], {
      code: 'index-unusable',
      message: {
        ja: `索引「${displayName(index.file)}」を使えません（${JAPANESE[problem] ?? problem}）`,
        en: `the index "${displayName(index.file)}" cannot be used: ${problem}`,
      },
    }),
  );
}

/** The policy, when all its indexes can be used: a command that reads a policy file does not begin without them. */
export async function withIndexes(policyFile: string, source: string, policy: Policy): Promise<Result<Policy, Failure>> {
  const problems = await unusableIndexes(policyFile, source, policy);
  if (problems.length === 0) return ok(policy);
  return err(failure('DLP_OWN_DATA_INDEX', problems.map((problem) => formatProblem(displayName(policyFile), problem)).join('\n')));
}

const JAPANESE: Readonly<Record<string, string>> = {
  'it is not there, or cannot be read': 'ファイルがないか、読めません',
  'its SHA-256 is not the one the policy names': 'SHA-256 がポリシーのものと違います',
  'it is larger than 2 GiB': '2 GiB を超えています',
  'it was built with another key': '別の鍵で作られています',
  'it is no index of exact data': '完全一致の索引ではありません',
  'it is no index of fingerprints': '文書の指紋の索引ではありません',
};
