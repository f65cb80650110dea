import type { Text } from '../en/index.ts';

export const saving: Text['saving'] = {
  label: '保存',
  disk: 'ディスクを raw で保存',
  diskWhy: 'ゲストから見えるディスク全体 (親とエクステントを解決したもの)',
  partition: 'raw で保存',
  table: '一覧の行を保存',
  tableShort: '保存形式',
  bytes: 'バイト列を保存',
  from: '開始バイト',
  length: '長さ',
  ofFile: 'ファイル内',
  ofDisk: 'ディスク上',
  go: '保存',
  pastEnd: (end) => `末尾は ${end} バイト目です。`,
  empty: '長さは 1 バイト以上にしてください。',
  running: (name, percent) => `${name} を保存しています: ${String(percent)} %`,
  rows: (done, total) => `${done} / ${total} 行`,
  finishing: (name) => `${name} の書き込みが終わりました。ブラウザーがファイルを配置しています…`,
  done: (name, size) => `${name} (${size}) を保存しました。`,
  kept: 'ブラウザーがダウンロードとして保存します。このメッセージを閉じるまで、ページは元になるコピーを保持します。ダウンロードが終わってから閉じてください。',
  stopped: (name) => `中止しました。${name} は残っていません。`,
  failed: (name) => `${name} を保存できませんでした。書きかけのファイルは残っていません。`,
  otherFiles: '保存中に別のファイルが開かれました。',
  noRoom:
    'ここには十分な空き容量がありません。空きを増やすか、ゼロの部分を書き込まない次のコマンドを使ってください。',
  tooLarge: (limit) =>
    `このブラウザーでは、ここからファイルに直接書き込めず、メモリー上で ${limit} までしか扱えません。次のコマンドなら制限なく同じことができます。`,
  stop: '中止',
  dismiss: 'このメッセージを閉じる',
  copyCommand: 'コマンドをコピー',
  whole: 'すべて読み取れました。',
  lost: (stretches, size) =>
    `ディスクの ${String(stretches)} か所 (合計 ${size}) を読み取れませんでした。その部分はゼロで埋められています。`,
  lostStretch: (offset, length) => `${offset} バイト目から ${length}`,
  more: (number) => `ほか ${number} か所`,
  saveLost: 'この一覧を保存',
};
