/** What the pack learns from Keycloak's own events. */
package dev.sallyport.events;
