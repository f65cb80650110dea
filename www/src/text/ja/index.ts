/**
 * The page in Japanese. Sentences end in です・ます, labels and buttons are noun phrases or plain verbs. A half-width
 * space stands between Japanese and Latin letters or digits; brackets are half-width with a space outside.
 *
 * Glossary:
 * - image: イメージ (at first mention ディスクイメージ), disk: ディスク, the guest's disk: ゲストのディスク
 * - block: ブロック, grain: グレイン, cluster: クラスター, sector: セクター, byte: バイト, offset: オフセット
 * - extent: エクステント, header: ヘッダー, footer: フッター, descriptor: ディスクリプター, geometry: ジオメトリ
 * - structure: 構造, field: フィールド, table: テーブル, entry: エントリ, row: 行, value: 値, bitmap: ビットマップ
 * - partition: パーティション, volume: ボリューム, file system: ファイルシステム, boot sector: ブートセクター
 * - parent: 親, child: 子, differencing: 差分, chain: チェーン, base: ベース
 * - finding: 検出結果, error: エラー, warning: 警告, note (info): 情報, what to do: 対処, verdict: 判定
 * - sound: 正常, damaged: 破損, incomplete: 不完全, unrecognised: 認識不可, missing: 見つからない / 不足
 * - allocated: 割り当て済み, unallocated / sparse: 未割り当て, zero: ゼロ, stored in a file: ファイル内に格納
 * - checksum: チェックサム, deep check (of the data): 詳細チェック (データのチェック), compressed: 圧縮
 * - bytes view: バイト, map: マップ, tour: ツアー, step: ステップ, sample: サンプル, translate: アドレス変換
 * - report: レポート, selection: 選択, pane: ペイン, key map: キー一覧, theme: テーマ
 */

import type { Text } from '../en/index.ts';
import { chain } from './chain.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { disk } from './disk.ts';
import { exporting } from './exporting.ts';
import { failures } from './failures.ts';
import { findings } from './findings.ts';
import { header } from './header.ts';
import { hex } from './hex.ts';
import { learn } from './learn.ts';
import { map } from './map.ts';
import { overview } from './overview.ts';
import { palette } from './palette.ts';
import { places } from './places.ts';
import { samples } from './samples.ts';
import { saving } from './saving.ts';
import { start } from './start.ts';
import { statement } from './statement.ts';
import { status } from './status.ts';
import { structures } from './structures.ts';
import { tables } from './tables.ts';
import { tour } from './tour.ts';
import { translate } from './translate.ts';
import { update } from './update.ts';
import { views } from './views.ts';

export const ja: Text = {
  chain,
  commands,
  common,
  disk,
  exporting,
  failures,
  findings,
  header,
  hex,
  learn,
  map,
  overview,
  palette,
  places,
  samples,
  saving,
  start,
  statement,
  status,
  structures,
  tables,
  tour,
  translate,
  update,
  views,
};
