import type { Text } from '../en/index.ts';

export const update: Text['update'] = {
  ready: 'このページの新しいバージョンを利用できます。再読み込みすると、開いているものは閉じられます。',
  reload: '今すぐ再読み込み',
};
