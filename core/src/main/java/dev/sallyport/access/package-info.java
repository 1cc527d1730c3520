/**
 * Decides whether a request may pass: {@link dev.sallyport.access.PolicyEngine} judges a realm's access policies against
 * the facts of one request. Every door asks it, through {@code dev.sallyport.access.realm}; nothing else holds a rule.
 */
package dev.sallyport.access;
