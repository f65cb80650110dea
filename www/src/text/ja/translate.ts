import { html } from 'lit';
import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';
import { named } from './spacing.ts';

export const translate: Text['translate'] = {
  title: 'アドレス変換',
  questionAndAnswer: '入力と結果',
  stepsWidth: '手順の幅',
  steps: '手作業の手順',
  way: '変換の方向',
  toFile: 'ディスクからファイル',
  toDisk: 'ファイルからディスク',
  byHand: '手作業の手順',
  byHandPiece: (number) => `手作業の手順: 断片 ${digits(number)}`,
  byHandWhy:
    'ゲストには 1 つのディスクに見えますが、そのバイトは複数のファイルに分散しています。ここではすべての結果に、そこへ至る手順 (計算とその数値、参照したバイト) が示されるため、16 進エディターで同じことを確かめられます。',
  byteOf: (offset, file) => `${file} のバイト ${offset}`,
  byte: (offset) => `バイト ${digits(offset)}`,
  showIt: '表示',
  belongsTo: (structure) => html`このバイトは ${structure} に属します。`,
  noEntry: 'ここを参照するテーブルエントリはありません。',
  nothingHere: 'イメージのどこからも参照されていません。該当する構造もテーブルエントリもありません。',
  onTheDisk: 'ディスク上の位置',
  by: '参照元',
  entryOf: (row, table) => html`${table} のエントリ ${digits(row)}`,
  inTheFile: 'ファイル内の位置',
  image: 'イメージ',
  seen: 'ゲストから見えるバイトです。',
  unseen: 'ゲストからは見えません。別のバイトが優先されます。',
  place: 'ディスク上の位置',
  placeExample: 'sector 63',
  length: '長さ',
  lengthExample: (bytes) => `${String(bytes)} バイト`,
  submit: '変換',
  guestHint: (sector, disk) =>
    html`32256 や 0x7e00 などのバイト位置、<code>sector 63</code> などのセクター (1 セクター ${digits(sector)}
      バイト)、1.5 MiB、末尾からは -512。ディスクは ${digits(disk)} バイトです。`,
  partition: (index, name) => `パーティション ${String(index)}: ${name}`,
  firstSector: '最初のセクター',
  lastSector: '最後のセクター',
  file: 'ファイル',
  fileByte: 'ファイルのバイト',
  fileHint: () =>
    html`512 や 0x200 などのバイト位置、<code>63 s</code> (1 セクター 512 バイト)、1.5 MiB、末尾からは -512。`,
  fileSize: (bytes, size) => `ファイルは ${digits(bytes)} バイト (${size}) です。`,
  liesHere: 'ここにあるもの',
  tooShort: '長さ 0 では変換できません。1 バイト以上を指定してください。',
  sources: {
    data: 'データ',
    compressed: '圧縮',
    zero: 'ゼロ',
    absent: '不足',
    invalid: '読み取り不可',
  },
  sourcesMean: {
    data: 'ゲストから見えるとおりにファイルに格納されています。',
    compressed: 'ファイルの一部を展開したものです。',
    zero: 'ゲストはゼロを読み取ります。これを格納しているファイルはありません。',
    absent: '渡されていないファイルに格納されています。',
    invalid: '参照先が無効なため、たどり着けません。',
  },
  guestByte: (offset) => `ゲストのバイト ${digits(offset)}`,
  inPieces: (size, pieces) => `${named(size)}が ${digits(pieces)} 個の断片にあります。`,
  columns: { guest: 'ゲストのバイト', length: '長さ', source: '種類', offset: 'オフセット' },
  goOn: (offset) => `バイト ${digits(offset)} から続ける`,
  left: (size) => `指定した範囲のうち ${size} が以降の断片にあります。`,
  sector: (sector, within) => `セクター ${digits(sector)}${within === 0 ? '' : `、バイト ${digits(within)}`}`,
  inPartition: (offset, index) =>
    offset === 0
      ? `パーティション ${String(index)} の先頭`
      : `パーティション ${String(index)} のバイト ${digits(offset)}`,
  guestBytes: (from, to) => `ゲストのバイト ${digits(from)} から ${digits(to)} まで。`,
  decides: (image) => html`<b>${image}</b> の内容が使われます。`,
  placeIn: (place, file) => `${file} の ${place}`,
  wayBack: '逆方向に変換',
  seeMissing: '不足しているものを表示',
  bytes: (number) => `${digits(number)} バイト`,
};
