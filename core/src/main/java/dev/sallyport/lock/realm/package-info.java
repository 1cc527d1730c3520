/**
 * Keeps locks in a realm as Keycloak components, so that every node knows them without a query, and ends what a lock
 * shuts out.
 */
package dev.sallyport.lock.realm;
