/**
 * Privileged sessions: what of their events is kept, and what must not be. Called by whatever hears of a session; the store
 * is the audit log.
 */
package dev.sallyport.watch;
