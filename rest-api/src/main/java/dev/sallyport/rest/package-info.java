/**
 * Administration over REST: devices, their posture, access policies, setup and the audit log of one realm. Nothing is
 * decided here; each resource checks the right of the caller, reads a document strictly, and hands it to {@code core}.
 */
package dev.sallyport.rest;
