import { type ChainProblem, ChainVerifier } from '../node/event-chain.ts';
import { type EventSource, readEventText } from './event-source.ts';

export interface AgentReport {
  readonly agent: string;
  readonly events: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Empty when the chain holds. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export interface VerifyReport {
  readonly intact: boolean;
  readonly agents: readonly AgentReport[];
  readonly unreadable: number;
}

interface Progress {
  readonly verifier: ChainVerifier;
  readonly first: number;
  last: number;
}

/** Checks each agent's chain from its first event on. docs/spec/events.md section 5. */
export async function verifyEvents(source: EventSource): Promise<VerifyReport> {
  const agents = new Map<string, Progress>();
  let unreadable = 0;
  for await (const text of source.texts()) {
    const event = readEventText(text);
    if (event === null) {
      unreadable += 1;
      continue;
    }
    const known = agents.get(event.agent);
    const progress = known ?? { verifier: new ChainVerifier(), first: event.sequence, last: event.sequence };
    if (known === undefined) agents.set(event.agent, progress);
    progress.verifier.accept(event);
    progress.last = event.sequence;
  }
  const reports = [...agents].map(([agent, progress]) => reportOf(agent, progress, source));
  return { intact: unreadable === 0 && reports.every(({ problems }) => problems.length === 0), agents: reports, unreadable };
}

function reportOf(agent: string, { verifier, first, last }: Progress, source: EventSource): AgentReport {
  const isPruned = (problem: ChainProblem): boolean => source.startsLate && problem.kind === 'missing' && problem.from === 1;
  const found = verifier.finish();
  const problems = found.filter((problem) => !isPruned(problem)).map(sentenceOf);
  const notes = found.some(isPruned) ? [`events before ${first} were uploaded and are not kept here any more`] : [];
  const head = source.headOf(agent);
  if (head?.kind === 'contradicted') problems.push(`the signed head ${head.sequence} does not fit the events`);
  if (head?.kind === 'behind') notes.push(`the agent signed a head of ${head.promised}; events after ${last} are not here`);
  return { agent, events: verifier.checked, first, last, problems, notes };
}

function sentenceOf(problem: ChainProblem): string {
  switch (problem.kind) {
    case 'altered':
      return `event ${problem.sequence} was altered`;
    case 'foreign':
      return `event ${problem.sequence} is of another agent`;
    case 'repeated':
      return `event ${problem.sequence} comes again or out of order`;
    case 'unlinked':
      return `event ${problem.sequence} is not linked to the one before it`;
    case 'missing':
      return `events ${problem.from} to ${problem.to} are missing`;
  }
}
