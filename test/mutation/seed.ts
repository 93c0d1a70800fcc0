import fc from 'fast-check';

// A mutant that one draw catches and the next one lets live would change the score from run to run.
fc.configureGlobal({ seed: 12 });
