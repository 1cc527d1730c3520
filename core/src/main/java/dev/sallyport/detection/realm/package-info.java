/**
 * Detection while the server runs: what is recorded is looked at by a realm's rules once it is committed, by whichever node comes
 * first, and what they ask for is done.
 */
package dev.sallyport.detection.realm;
