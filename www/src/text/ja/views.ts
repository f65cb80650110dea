import type { Text } from '../en/index.ts';

export const views: Text['views'] = {
  overview: '概要',
  structures: '構造',
  tables: 'テーブル',
  map: 'マップ',
  hex: 'バイト',
  translate: 'アドレス変換',
  chain: 'チェーン',
  partitions: 'パーティション',
  findings: '検出結果',
  samples: 'サンプル',
  learn: '学ぶ',
};
