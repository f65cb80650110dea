import type { Text } from '../en/index.ts';

export const status: Text['status'] = {
  promise: 'データはこのコンピューターの外に出ません',
  promiseWhy: 'このページの Content-Security-Policy は、あらゆる通信を禁止しています。',
  cancel: '中止',
  readOn: 'テーブルを読み込む',
  checking: 'データをチェックしています。',
  readingTables: 'テーブルを読み込んでいます。',
  readingHeaders: 'ヘッダーを読み込んでいます…',
  failed: '読み取りプログラムが停止しました。',
  nothingToCheck:
    'すべてのヘッダーとテーブルを読み込みました。データと照合できるものはこのイメージにはありません。',
  checked: 'すべてのヘッダーとテーブルを読み込み、データをチェックしました。',
  readTables: 'すべてのヘッダーとテーブルを読み込みました。',
  stoppedCheck: '中止しました。データは最後までチェックされていません。',
  stoppedTables: '中止しました。テーブルは最後まで読み込まれていません。',
  files: (number, size) => `${String(number)} 個のファイル、${size}`,
  share: (done, total) => `${done} / ${total}`,
  pace: (share, rate, left) => `${share} · ${rate}/秒 · 残り ${left}`,
  seconds: (number) => `${String(number)} 秒`,
  minutes: (number) => `${String(number)} 分`,
  hours: (number) => `${String(number)} 時間`,
};
