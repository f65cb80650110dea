import type { Text } from '../en/index.ts';

export const header: Text['header'] = {
  views: '表示',
  search: '検索',
  stop: (percent) => `停止 · ${String(percent)} %`,
  theme: (theme) => `テーマ: ${theme}`,
  themes: { auto: '自動', light: 'ライト', dark: 'ダーク' },
  goTo: 'オフセットに移動',
  goToLabel: 'ファイル内のオフセットに移動',
  goToHow: 'バイトのオフセット: 512、0x200、63 s (セクター)、1.5 MiB、末尾からは -512',
  checking: 'データのチェック',
  reading: '読み込み',
  chooseFiles: 'ファイルを選択',
  chooseFolder: 'フォルダーを選択',
  linkCopied: 'この場所へのリンクをコピーしました。',
  linkNotCopied: 'ブラウザーがこのページにコピーを許可していません。リンクはアドレスバーにあります。',
  keyMap: 'キー一覧',
  keys: 'キー',
  language: {
    sign: 'A',
    name: 'English',
    failed: '英語の文言を読み込めませんでした。',
  },
};
