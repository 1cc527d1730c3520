package dev.sallyport.access;

import dev.sallyport.logic.Truth;

/**
 * Something that must be so for a policy to apply. What is unknown counts as met: unknown is not outside, and a policy
 * does not lapse because nobody can tell.
 */
interface Condition {

    Truth met(AccessContext context);
}
