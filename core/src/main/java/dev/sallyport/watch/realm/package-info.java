/** Which sessions are privileged, from Keycloak's models, and what is recorded of them. */
package dev.sallyport.watch.realm;
