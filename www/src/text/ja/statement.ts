import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const statement: Text['statement'] = {
  verdicts: {
    sound: '正常',
    warnings: '警告あり',
    damaged: '破損',
    incomplete: '不完全',
    unrecognised: '認識不可',
  },
  disk: (size, format, variant) =>
    `${size === undefined ? '' : `${size} の `}${format} ディスク${variant === undefined ? '' : ` (${variant})`}`,
  unreadFile: 'ファイルを読み取れませんでした',
  unreadFiles: '一部のファイルを読み取れませんでした',
  unreadWhy: 'ブラウザーがファイルの内容を取得できなかったため、中身については何も判断できません。',
  unknown: '対応しているディスクイメージではありません',
  unknownFile:
    'このファイルには、既知のイメージ形式、パーティションテーブル、ボリュームを示すものがありません。',
  unknownFiles:
    'これらのファイルの中に、既知のディスクイメージ、パーティションテーブル、ボリュームはありません。',
  writtenBy: (producer) => `作成元は ${producer} です。`,
  writtenAt: (producer, date) => `作成元は ${producer}、作成日時は ${date} です。`,
  madeAt: (date) => `作成日時は ${date} です。`,
  oneVolume: (type, label) =>
    `${type} ボリューム${label ? `「${label}」` : ''}が 1 個あり、パーティションテーブルはありません。`,
  nothingInside: 'パーティションテーブルも既知のボリュームもありません。',
  noPartitions: (scheme) => `空のパーティションテーブル (${scheme}) があります。`,
  partitions: (number, scheme, volumes) =>
    `パーティションが ${digits(number)} 個あります (${scheme})${volumes.length > 0 ? `: ${volumes.join('、')}` : ''}。`,
  sound: {
    headers: 'ヘッダーは正常です。',
    tables: '正常です。すべてのヘッダーとテーブルエントリに問題はありません。',
    data: '正常です。すべてのヘッダー、テーブルエントリ、データに問題はありません。',
  },
  unread:
    '一部を読み取れませんでした。原因は記憶媒体上のファイルにあり、その中のイメージにあるのではありません。',
  damaged: (errors, warnings) =>
    `破損しています: エラー ${digits(errors)} 件${warnings > 0 ? `、警告 ${digits(warnings)} 件` : ''}。読み取れる内容はすべて表示しています。`,
  incomplete: (names) =>
    `すべてがそろっていません。不足: ${names.join('、') || '一部のファイル'}。渡された範囲で読み取っています。`,
  warnings: (warnings) =>
    `読み取れますが、他のプログラムで問題が起きる可能性があります: 警告 ${digits(warnings)} 件。`,
  unopened: '開けませんでした。',
  drop: (names, more) =>
    `${names.join('、')}${more > 0 ? ` ほか ${digits(more)} 個` : ''}も、このウィンドウの任意の場所にドロップしてください。`,
  otherParts: '残りのファイル',
  itsParent: '親イメージ',
  parentOf: (name) => (name === undefined ? '最後のイメージの親' : `${name} の親`),
};
