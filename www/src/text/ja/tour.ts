import { html } from 'lit';
import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const tour: Text['tour'] = {
  title: 'ガイドツアー',
  of: 'ツアーの対象',
  yourImage: (name) => `ご自分のイメージ ${name}`,
  sample: (name) => `サンプル ${name}`,
  backToOwn: '自分のイメージに戻る',
  sector: '探すセクター',
  find: '探す',
  steps: 'ステップ一覧',
  step: 'ステップ',
  stepOf: (number, all) => `ステップ ${String(number)} / ${String(all)}`,
  back: '戻る',
  next: '次へ',
  bytes: 'バイト',
  endOwn:
    'ここまではご自分のイメージでした。上で別のセクターを選び、手順を見る前に自分で探してみてください。',
  endHasOwn:
    '次はご自分のイメージで試してみてください。元のイメージに戻ると、同じツアーをそのイメージで進められます。',
  endSample:
    '次はご自分のイメージで試してみてください。このページにドロップすると、同じツアーをそのイメージで進められます。',
  sectors: (number) => `選べるセクターは ${digits(number)} 個あります。`,
  noBytes: 'このステップに対応するバイトはありません。',
  onlyArithmetic: 'このステップは計算だけです',
  read: '読み取る値',
  computed: '計算する値',
  forms: {
    'big-endian': 'ビッグエンディアン: 左から右へ読む',
    'little-endian': 'リトルエンディアン: 右から左へ読む',
    text: '文字',
    utf16: '2 バイトの文字 (UTF-16)',
    uuid: '16 バイトを並び順のまま読む',
    known: '',
  },
  oneByte: '1 バイト',
  at: (offset) => `位置 ${offset}`,
  atOf: (offset, file) => `${file} の位置 ${offset}`,
  compare: {
    waiting: '2 つのイメージを生成しています…',
    title: '1 つのディスク、2 つの設計',
    about: (kinds) =>
      `セクター単位で同一のディスクを、${kinds.join(' と ')} で格納しています。数値はすべて、2 つのイメージのバイトから読み取ったものです。`,
    aboutSector: (sector) => `両方で探すセクターの番号は ${digits(sector)} です。`,
    walk: 'このツアーを進める',
    order: '数値のどのバイトが先に来ますか?',
    questions: {
      recognise: '形式はどのように識別されますか?',
      size: 'ディスクのサイズはどこに書かれていますか?',
      unit: '領域はどの単位で割り当てられますか?',
      words: '文字で書かれているものは何ですか?',
      table: 'データの位置を示すテーブルはどれですか?',
      empty: '割り当てられていない単位はどのように表されますか?',
      copies: '2 つあるものは何ですか?',
      parent: '子は親をどのように指定しますか?',
      way: 'セクターはどのように見つけますか?',
    },
    nothing: '該当するものはありません。',
    oneByteEach: '数値はすべて 1 バイトです。',
    example: (form, bytes, term, value) => html`${form}。${term} のバイト ${bytes} は ${value} を表します。`,
  },
};
