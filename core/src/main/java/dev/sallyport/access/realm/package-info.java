/**
 * Access decisions inside a Keycloak realm. {@link dev.sallyport.access.realm.AccessGate} is what every door asks: it
 * gathers the facts, has them judged, and records what was refused.
 */
package dev.sallyport.access.realm;
