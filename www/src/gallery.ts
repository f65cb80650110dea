/** The sample images, and the whole stories of the findings. What is needed of them is loaded when somebody wants it. */

import type { Explanation, SampleFile, SampleInfo } from './generated/types.ts';
import { compileGallery } from './engine.ts';

type Module = typeof import('./generated/samples.js');

let started: Promise<Module> | undefined;

async function start(): Promise<Module> {
  const [gallery, module] = await Promise.all([import('./generated/samples.js'), compileGallery()]);
  await gallery.default({ module_or_path: module });
  return gallery;
}

async function gallery(): Promise<Module> {
  started ??= start();
  try {
    return await started;
  } catch (error) {
    started = undefined;
    throw error;
  }
}

/** What the page begins with: the main samples, and how many there are in all. */
export interface MainSamples {
  count: number;
  main: readonly SampleInfo[];
}

export async function mainSamples(): Promise<MainSamples> {
  return (await import('./generated/main-samples.json')).default;
}

/** All samples. */
export async function allSamples(): Promise<SampleInfo[]> {
  return (await import('./generated/all-samples.json')).default;
}

/** The files of a sample; none for a name that is not in the gallery. */
export async function sampleFiles(name: string): Promise<SampleFile[]> {
  return (await gallery()).sampleFiles(name);
}

/** The whole story of a finding. */
export async function explain(finding: string): Promise<Explanation | undefined> {
  return (await gallery()).explain(finding);
}
