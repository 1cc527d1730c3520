/**
 * The doors outside authentication flows: token endpoint, userinfo and introspection. Each translates a callback of
 * Keycloak into a question to {@link dev.sallyport.access.realm.AccessGate}, and the answer into the protocol's own words.
 */
package dev.sallyport.policy;
