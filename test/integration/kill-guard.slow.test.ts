import { testKills } from './kill-guard-rounds.ts';

testKills(Number(process.env['KILLS'] ?? 200));
