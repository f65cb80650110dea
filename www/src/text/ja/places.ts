import type { Text } from '../en/index.ts';
import { named } from './spacing.ts';

export const places: Text['places'] = {
  needBytes: 'バイト数を入力してください: 512、0x200、sector 63、1.5 MiB など。',
  noNumber: (typed) =>
    `「${typed}」は数値ではありません。512、0x200、sector 63、1.5 MiB などと入力してください。`,
  noUnit: (unit) => `「${unit}」は使用できない単位です。s、KiB、MiB、GiB、TiB を使用してください。`,
  notWhole: (typed) => `「${typed}」はバイト単位の整数になりません。`,
  tooLarge: (typed) => `「${typed}」はどのディスクよりも大きな値です。`,
  before: (what, size) => `${named(what)}の先頭より前です。サイズは ${size} です。`,
  behind: (what, size) => `${named(what)}の末尾を超えています。サイズは ${size} です。`,
};
