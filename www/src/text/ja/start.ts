import { digits } from '../../ui/format.ts';
import type { Text } from '../en/index.ts';

export const start: Text['start'] = {
  title: '仮想ディスクイメージの中を見る',
  lead: 'VHD、VMDK、raw イメージが何であり、何によって作られ、正常かどうか、何が入っているかを、1 バイト単位まで調べられます。',
  drop: 'ここにイメージをドロップ',
  dropMore: ' (関連ファイルを含むフォルダーも可)',
  promise: 'ここにドロップしたデータは、このコンピューターの外に出ません。',
  promiseWhy:
    'このページの Content-Security-Policy はあらゆる通信を禁止しており、ブラウザーがそれを強制します。',
  seeForYourself: '確かめる方法',
  noImage: '手元にイメージがなければ、サンプルを開いてみてください。',
  allSamples: (number) => `全 ${digits(number)} 件 (検出結果ごとに 1 つ)`,
};
