/**
 * Answers that may be missing. Every capability that judges facts speaks of them in {@link dev.sallyport.logic.Truth}; what
 * a missing answer means is for the asker to say.
 */
package dev.sallyport.logic;
