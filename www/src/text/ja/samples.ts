import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const samples: Text['samples'] = {
  title: 'サンプル',
  about: 'このページ自身が生成する小さなイメージです。それぞれに見どころがあります。',
  search: 'サンプルを検索',
  searchFor: '英単語、または検出結果の ID: footer.checksum',
  count: (number) => `${digits(number)} 件のサンプル`,
  shown: (some, all) => `${digits(all)} 件中 ${digits(some)} 件`,
  noneLike: '該当するサンプルはありません。',
  oneFinding: '検出結果ごとのサンプル',
  deep: '詳細',
  deepWhy: '見つけるにはデータの詳細チェックが必要です',
  healthy: '正常:',
  damaged: '破損:',
};
