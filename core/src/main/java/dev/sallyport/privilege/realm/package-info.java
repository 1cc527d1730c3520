/**
 * Keeps privileges in a realm as Keycloak components, and sees to it that nobody widens their own rights by writing one.
 */
package dev.sallyport.privilege.realm;
