/**
 * Looks again at the sessions that a change touches, on no request's thread and once in the cluster, and ends what is no
 * longer allowed. The engine is the one that decides at the doors.
 */
package dev.sallyport.evaluation.realm;
