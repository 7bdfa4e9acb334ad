import { testKills } from './kill-agent-rounds.ts';

testKills(Number(process.env['KILLS'] ?? 6));
