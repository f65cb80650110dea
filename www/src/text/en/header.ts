/** The header, and what can be done there. */
export const header = {
  language: {
    /** A sign and the name of the language that can be switched to. */
    sign: 'あ',
    name: '日本語',
    failed: 'The Japanese words could not be loaded.',
  },
};
