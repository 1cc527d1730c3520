/**
 * Devices in a Keycloak realm: the registry, how the device of a request or of a session is recognised, and the
 * configuration of that.
 */
package dev.sallyport.device.realm;
