import { digits } from '../../ui/format.ts';

/** What is seen while nothing is open. */
export const start = {
  title: 'Look inside a virtual disk image',
  lead: 'See what a VHD, VMDK or raw image is, who wrote it, whether it is whole, and what is on it, down to every byte.',
  drop: 'Drop an image here',
  dropMore: ', or a folder with everything that belongs to it',
  promise: 'Nothing you drop here leaves this computer.',
  promiseWhy: "The page's Content-Security-Policy forbids every connection, and your browser enforces it.",
  seeForYourself: 'See for yourself',
  noImage: 'No image at hand? Open a sample.',
  allSamples: (number: number) => `All ${digits(number)}, one for each finding`,
};
