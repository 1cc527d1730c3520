/**
 * Keeps configuration documents in a realm as Keycloak components, so that they travel with its export, are cached with
 * it on every node, and can be managed by whatever manages components.
 */
package dev.sallyport.document.realm;
