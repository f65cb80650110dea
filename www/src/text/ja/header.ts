import type { Text } from '../en/index.ts';

export const header: Text['header'] = {
  language: {
    sign: 'A',
    name: 'English',
    failed: '英語の文言を読み込めませんでした。',
  },
};
