import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const findings: Text['findings'] = {
  title: '検出結果',
  noneLike: '該当する検出結果はありません。',
  filter: '表示する検出結果',
  search: '検出結果を検索',
  shown: (some, all) => `${digits(all)} 件中 ${digits(some)} 件`,
  severities: { error: 'エラー', warning: '警告', info: '参考情報' },
  layers: {
    image: 'イメージ',
    chain: 'チェーン',
    partition: 'パーティション',
    volume: 'ボリューム',
    package: 'パッケージ',
  },
  show: '表示',
  why: '重要な理由',
  remedy: '対処',
  onTheDisk: 'ディスク上の位置',
  whereBytes: 'これらのバイトの格納場所',
  liesAt: (offset) => `${offset} にあるもの`,
  liesHere: 'ここにあるもの',
  otherPlaces: (number) => `ほか ${digits(number)} か所`,
  explanation: 'バイトの内容と根拠',
  bytesSay: 'バイトの内容',
  source: '根拠',
  sample: '同じ検出結果を示すサンプル',
  inNewTab: '新しいタブで開きます',
  inNewTabDeep: '新しいタブで開きます (データのチェックが必要)',
  showBytesIn: (file) => `${file} の中で表示`,
};
