/** Claims of SECURITY.md behind which there is nothing to be taken out, by the words of their titles, and why. */
export const undefended: Readonly<Record<string, string>> = {
  'may enforce where the workers may write': 'It says what a producer can do.',
  'while a run is under way or held': 'It says what is there to be stolen.',
};
