/** Registers the pack's tables with Keycloak's database. The tables themselves belong to the capabilities. */
package dev.sallyport.persistence;
