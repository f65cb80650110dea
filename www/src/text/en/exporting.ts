/** Giving the report away. */
export const exporting = {
  title: 'Give the report away',
  form: 'Form',
  redact: 'Redact',
  redactWhy:
    'Names of people, machines, files and volumes, serial numbers and UUIDs are placeholders, the same in every form. Bytes are shown only where they hold none of these. Content IDs of VMDK images stay.',
  asItIs:
    'This is exactly what leaves the page. Names, paths and identities stand in it as the image has them.',
  preview: 'What leaves the page',
  writing: 'Writing…',
  length: (size: string) => size,
  print: 'Print',
  copy: 'Copy',
  copied: 'Copied.',
  download: 'Download',
  close: 'Close',
  /** In the title of the buttons beside the preview. */
  redacted: (title: string) => `${title}, redacted`,
  redactsNow: 'Reports leave the page redacted from now on.',
  redactsNoMore: 'Reports leave the page as they are from now on.',
  look: 'Export…',
  failed: 'The browser does not let the page do that. Download the report instead.',
};
