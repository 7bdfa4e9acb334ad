import { Option } from 'commander';
import { language } from '../../contracts/ids.ts';
import { callerLanguage } from '../language.ts';

export function languageOption(): Option {
  return new Option('--language <code>', 'language of the messages').choices(language.options).default(callerLanguage());
}
