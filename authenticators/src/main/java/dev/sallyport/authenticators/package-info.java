/**
 * The doors in a flow: what recognises the device, asks the access gate, sends the user to a stronger or newer
 * authentication, and shows why a login stops here. Keycloak calls these during every authentication; they hold no rule.
 */
package dev.sallyport.authenticators;
