import type { Text } from '../en/index.ts';

export const exporting: Text['exporting'] = {
  title: 'レポートを渡す',
  form: '形式',
  redact: '匿名化',
  redactWhy:
    '人・マシン・ファイル・ボリュームの名前、シリアル番号、UUID は、どの形式でも同じ仮の名前に置き換えられます。バイトは、これらを含まない部分だけが表示されます。VMDK のコンテンツ ID はそのまま残ります。',
  asItIs:
    'これがページの外に出る内容のすべてです。名前、パス、識別子はイメージにあるとおりに含まれています。',
  preview: 'ページの外に出る内容',
  writing: '作成中…',
  length: (size) => size,
  print: '印刷',
  copy: 'コピー',
  copied: 'コピーしました。',
  download: 'ダウンロード',
  close: '閉じる',
  redacted: (title) => `${title} (匿名化)`,
  redactsNow: '以後、レポートは匿名化されて出力されます。',
  redactsNoMore: '以後、レポートはそのまま出力されます。',
  look: 'エクスポート…',
  failed: 'この操作はブラウザーに許可されていません。代わりにレポートをダウンロードしてください。',
};
