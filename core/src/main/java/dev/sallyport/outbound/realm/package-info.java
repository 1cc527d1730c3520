/** Requests to the outside, each connection checked against the rule. */
package dev.sallyport.outbound.realm;
