import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const structures: Text['structures'] = {
  title: '構造',
  treeWidth: 'ツリーの幅',
  fields: 'フィールド',
  noneHere: 'ここには構造がありません。',
  none: '表示する構造がありません。',
  bytesWidth: 'バイト表示の幅',
  bytes: 'バイト',
  states: {
    ok: '渡されたファイルの中にバイトがありません。',
    damaged: '破損しており、ファイル内の位置がありません。',
    truncated: 'ファイルがその手前で終わっています。',
    absent: '存在するはずですが、見つかりません。',
  },
  badges: {
    primary: 'プライマリ',
    backup: 'バックアップ',
    stale: '古いコピー',
    orphan: '孤立',
    ok: '正常',
    damaged: '破損',
    truncated: '切り詰め',
    absent: 'なし',
  },
  showEntries: 'エントリを表示',
  fileBytes: (bytes) => `${digits(bytes)} バイト`,
  liesAt: (offset) => `バイト ${offset} にあるものと、そのディスク上の位置`,
  empty: '空',
  type: '型',
  offset: 'オフセット',
  inTheFile: '(ファイル内)',
  value: '値',
};
