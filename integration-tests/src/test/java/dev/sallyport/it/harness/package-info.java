/**
 * What every test in a real server needs: the server itself, from the distribution zip or in a container; realms made in
 * code; an OIDC client without a browser, a browser, a reverse proxy, certificates of all kinds. Nothing here knows a rule of
 * the pack; what a test asserts stays in the test.
 */
package dev.sallyport.it.harness;
