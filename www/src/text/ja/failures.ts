import type { Text } from '../en/index.ts';

export const failures: Text['failures'] = {
  title: 'ファイルを読み取るプログラムが予期せず停止しました',
  about:
    'これは diskglass の不具合であり、ファイルの問題ではありません。ファイルは変更されておらず、開いたままです。それまでに見つかった内容を下に表示しています。',
  tryAgain: '再試行',
  copy: 'メッセージをコピー',
  dismiss: '閉じる',
  checkStopped: (why) => `データのチェックが予期せず停止しました。これは diskglass の不具合です。${why}`,
  noFileDropped: 'ドロップされたものの中にファイルがありませんでした。',
  noSample: (name) => `「${name}」というサンプルはありません。`,
  notStarted: (why) => `プログラムを開始できませんでした。${why}`,
  notComplete: (why) =>
    `これに必要なプログラムの一部を読み込めませんでした。ページのサーバーに接続できるか確認してください。${why}`,
  readerNotStarted: 'ファイルを読み取るプログラムを開始できませんでした。',
  helperNotStarted: (why) => `ワーカーを開始できませんでした。${why}`,
  ended: 'ファイルを読み取るプログラムが停止の要求に応じなかったため、強制終了しました。',
  lacks: (names) =>
    `このブラウザーには ${names.join('、')} がありません。2023 年以降の Chromium、Edge、Firefox、Safari で利用できます。`,
  outOfReach: (size, limit) =>
    `ファイルとして開いたページでは、このブラウザーはイメージ全体をメモリーに読み込む必要があります。イメージは ${size} で、上限の ${limit} を超えています。Firefox または Chromium 系のブラウザーでこのページを開くか、このコンピューターでフォルダーを配信してください。フォルダー内で「python3 -m http.server --bind 127.0.0.1」を実行し、http://127.0.0.1:8000/diskglass.html を開きます。`,
  dropMore: 'ドロップして、開いているものに追加',
  drop: 'ドロップして中を見る',
};
