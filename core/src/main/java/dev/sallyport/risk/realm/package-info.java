/** Risk in a Keycloak realm: who is asked for it, when, and where the history of logins is kept. */
package dev.sallyport.risk.realm;
