/** The audit log in Keycloak's database. */
package dev.sallyport.audit.realm;
