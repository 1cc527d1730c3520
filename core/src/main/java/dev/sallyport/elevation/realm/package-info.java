/**
 * Elevations in a realm: gathers what the rules ask for, keeps what was decided in Keycloak's database together with the
 * record of it, and says which elevations a session has at the moment.
 */
package dev.sallyport.elevation.realm;
