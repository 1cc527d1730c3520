/**
 * Runs Keycloak with the pack on one's own machine: a realm with users and policies, devices with certificates of their
 * own, and a small application to sign in to. Nothing here is part of the pack.
 */
package dev.sallyport.demo;
