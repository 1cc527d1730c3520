/**
 * Finds out where clients are: by the connection, as far as Keycloak's proxy settings vouch for it, or by what a session
 * remembers; by the networks that the realm has named; by databases that the administrator supplies.
 */
package dev.sallyport.network.realm;
