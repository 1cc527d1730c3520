/**
 * What is worth somebody's look: the rules by which it is detected, and whether what happened meets one. Called when a record
 * has been made; the sub-package {@code realm} keeps what was found.
 */
package dev.sallyport.finding;
